"""A request as the body of `POST /v1/messages`."""

from dataclasses import dataclass, field
from typing import Any

from chimera.llm import JsonObject, JsonSchema, NamedTool, Reasoning, Request, ResponseFormat, Tool
from chimera.wires.anthropic_messages.content import keep_marks, marked, text_block
from chimera.wires.anthropic_messages.conversation import encode_messages
from chimera.wires.anthropic_messages.quirks import Quirks, quirks_of
from chimera.wires.anthropic_messages.schemas import constrained, enforceable
from chimera.wires.effort import budget_of, effort_of, nearest
from chimera.wires.encoded import Encoded, lost_extra
from chimera.wires.json_text import answer_schema, tool_schema

_LEAST_BUDGET = 1024
_HOTTEST = 1.0


def encode_request(request: Request, quirks: Quirks | None = None) -> Encoded:
    """Return the body of a streamed request, by default with the quirks of its model.

    Raises:
        InvalidRequestError: for images, documents and schemas that Anthropic does not take.
    """
    draft = _Draft(request, quirks or quirks_of(request.model))
    draft.body = {
        "model": request.model,
        "max_tokens": request.sampling.max_output_tokens or draft.quirks.output_tokens,
        "stream": True,
    }
    system = [block for text in request.system if (block := text_block(text))]
    system += draft.format_output(request.response_format)
    if system:
        draft.body["system"] = system
    draft.body["messages"] = encode_messages(request.messages, draft.lost)
    draft.offer_tools()
    draft.ask_for_thinking()
    draft.sample()
    draft.name_user()
    keep_marks(draft.body, draft.lost)
    return Encoded(body=draft.body, lost=tuple(dict.fromkeys(draft.lost)))


@dataclass(slots=True)
class _Draft:
    """A body in the making, and what it has lost so far."""

    request: Request
    quirks: Quirks
    body: dict[str, Any] = field(default_factory=dict[str, Any])
    lost: list[str] = field(default_factory=list[str])

    def format_output(self, wanted: ResponseFormat) -> list[dict[str, Any]]:
        """Constrain the answer, or return the system text that asks for what cannot be enforced."""
        match wanted:
            case JsonSchema():
                schema = answer_schema(wanted)
                if self.quirks.native_schema and enforceable(schema):
                    self.body["output_config"] = {"format": {"type": "json_schema", "schema": constrained(schema)}}
                    return []
                order = f"Answer with JSON valid against this schema and nothing else: {wanted.schema}"
            case JsonObject():
                order = "Answer with a single JSON object and nothing else."
            case _:
                return []
        self.lost.append("response_format")
        return [{"type": "text", "text": order}]

    def offer_tools(self) -> None:
        if not self.request.tools:
            return
        self.body["tools"] = [_tool(tool, self.lost) for tool in self.request.tools]
        choice: dict[str, Any]
        match self.request.tool_choice:
            case NamedTool() as named:
                choice = {"type": "tool", "name": named.name}
            case "required":
                choice = {"type": "any"}
            case word:
                choice = {"type": word}
        if self.request.parallel_tools is False and choice["type"] != "none":
            choice["disable_parallel_tool_use"] = True
        if choice != {"type": "auto"}:
            self.body["tool_choice"] = choice

    def ask_for_thinking(self) -> None:
        reasoning = self.request.reasoning
        if reasoning is None:
            return
        if budget_of(reasoning) == 0:
            self._ask_for_none()
        elif self.body.get("tool_choice", {}).get("type") in {"any", "tool"}:
            # A forced tool and thinking exclude each other:
            # https://platform.claude.com/docs/en/build-with-claude/extended-thinking#extended-thinking-with-tool-use
            self.lost.append("reasoning_effort")
        elif self.quirks.thinking == "adaptive":
            self.body["thinking"] = {"type": "adaptive", "display": "summarized"}
            if reasoning != Reasoning():
                self._set_effort(effort_of(reasoning))
        else:
            self._grant(budget_of(reasoning))

    def sample(self) -> None:
        sampling = self.request.sampling
        # "each stop sequence must contain non-whitespace": https://platform.claude.com/docs/en/api/messages
        stops = [stop for stop in sampling.stop if stop.strip()]
        if stops:
            self.body["stop_sequences"] = stops
        if len(stops) < len(sampling.stop):
            self.lost.append("stop")
        asked = {"temperature": sampling.temperature, "top_p": sampling.top_p, "top_k": sampling.top_k}
        thinks = self.body.get("thinking", {}).get("type") in {"adaptive", "enabled"}
        for name, value in asked.items():
            if value is None:
                continue
            # Thinking and sampling exclude each other, and so do temperature and top_p since Claude 4.5:
            # https://platform.claude.com/docs/en/about-claude/models/migration-guide
            if not self.quirks.sampling or thinks or (name == "top_p" and "temperature" in self.body):
                self.lost.append(name)
                continue
            if name == "temperature" and value > _HOTTEST:
                self.lost.append(name)
            self.body[name] = min(value, _HOTTEST) if name == "temperature" else value
        others = ("seed", "presence_penalty", "frequency_penalty")
        self.lost += [name for name in others if getattr(sampling, name) is not None]

    def name_user(self) -> None:
        """Say whose question it is, where OpenAI's `user` does; its other extras have no place here."""
        user = self.request.extra.get("user")
        if isinstance(user, str):
            self.body["metadata"] = {"user_id": user}
        self.lost += [name for name in lost_extra(self.request) if name != "extra.user" or "metadata" not in self.body]

    def _ask_for_none(self) -> None:
        match self.quirks.unthinking:
            case "disabled":
                self.body["thinking"] = {"type": "disabled"}
            case "never":
                self._set_effort("low")
                self.lost.append("reasoning_effort")
            case "omitted":
                return

    def _set_effort(self, effort: str) -> None:
        if self.quirks.efforts:
            word = nearest(effort, self.quirks.efforts)
            self.body.setdefault("output_config", {})["effort"] = word

    def _grant(self, budget: int) -> None:
        """Allow a budget below `max_tokens`, as the API demands, or none where there is no room for one."""
        if self.request.sampling.max_output_tokens is None:
            self.body["max_tokens"] = max(self.body["max_tokens"], budget + _LEAST_BUDGET)
        room = self.body["max_tokens"] - 1
        if room < _LEAST_BUDGET or _resumes_without_thinking(self.body["messages"]):
            self.lost.append("reasoning_effort")
            return
        self.body["thinking"] = {"type": "enabled", "budget_tokens": max(_LEAST_BUDGET, min(budget, room))}


def _resumes_without_thinking(messages: list[dict[str, Any]]) -> bool:
    """Whether tool results await an answer whose turn did not begin with thinking; with a budget that is a 400."""
    if len(messages) < 2 or messages[-1]["content"][0]["type"] != "tool_result":
        return False
    return messages[-2]["content"][0]["type"] not in {"thinking", "redacted_thinking"}


def _tool(tool: Tool, lost: list[str]) -> dict[str, Any]:
    schema = tool_schema(tool)
    encoded: dict[str, Any] = {"name": tool.name}
    if tool.description:
        encoded["description"] = tool.description
    if tool.strict and enforceable(schema):
        strictly = {**encoded, "input_schema": {"type": "object", **constrained(schema)}, "strict": True}
        return marked(strictly, tool.cache)
    if tool.strict:
        lost.append("tools.strict")
    return marked({**encoded, "input_schema": {"type": "object", **schema}}, tool.cache)
