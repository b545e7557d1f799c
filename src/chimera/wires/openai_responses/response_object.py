"""The response object: its head, its items, how it ended. Pure, but for ids and the time of completion."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.llm import Answer, FinishReason, Part, Text, Thinking, ToolCall, Usage
from chimera.wires.openai_responses.annotations import encode_annotation
from chimera.wires.openai_responses.reasoning import WIRE, encode_reasoning
from chimera.wires.openai_responses.request_decoding import ResponsesCall
from chimera.wires.openai_responses.tools import Form, input_of
from chimera.wires.signatures import signed_id

_INCOMPLETE = {FinishReason.LENGTH: "max_output_tokens", FinishReason.FILTERED: "content_filter"}
_encode = msgspec.json.encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What is known of a response before its answer.

    Attributes:
        created_at: Unix time in seconds.
        model: The model's name as the client knows it.
        echo: What it repeats of the request.
        forms: What the client calls tools, by the names that models know.
    """

    id: str
    created_at: int
    model: str
    echo: Mapping[str, Any] = field(default_factory=dict[str, Any])
    previous_response_id: str | None = None
    store: bool = True
    background: bool = False
    forms: Mapping[str, Form] = field(default_factory=dict[str, Form])

    @property
    def ours(self) -> dict[str, Any]:
        """Members that we say, whoever answers: for `Original.answer`."""
        return {
            "id": self.id,
            "created_at": self.created_at,
            "previous_response_id": self.previous_response_id,
            "store": self.store,
            "background": self.background,
        }


def head_of(call: ResponsesCall, *, id: str, created_at: int, model: str) -> Head:
    return Head(
        id=id,
        created_at=created_at,
        model=model,
        echo=call.echo,
        previous_response_id=call.previous_response_id,
        store=call.store,
        background=call.background,
        forms=call.forms,
    )


def ending(reason: FinishReason | None) -> tuple[str, str | None]:
    """Return (status, reason of being incomplete) of an answer that ended so."""
    incomplete = _INCOMPLETE.get(reason) if reason else None
    return ("incomplete", incomplete) if incomplete else ("completed", None)


def response_object(
    head: Head,
    answer: Answer | None,
    status: str,
    error: dict[str, Any] | None = None,
    incomplete: str | None = None,
) -> dict[str, Any]:
    """Return the response.

    Args:
        head: Its head.
        answer: What was heard of its answer.
        status: `queued`, `in_progress`, `completed`, `incomplete`, `failed` or `cancelled`; see `ending`.
        error: `code` and `message` of a failure; see `response_error`.
        incomplete: Why it is incomplete.
    """
    output = output_items(answer.parts, head.forms, ended_well=status != "incomplete") if answer else []
    usage = answer.usage if answer else None
    return assembled(head, output, status, usage=usage, error=error, incomplete=incomplete)


def answered(head: Head, answer: Answer) -> dict[str, Any]:
    """Return the response of an answer that is complete."""
    status, incomplete = ending(answer.reason)
    return response_object(head, answer, status, incomplete=incomplete)


def assembled(
    head: Head,
    output: Sequence[dict[str, Any]],
    status: str,
    *,
    usage: Usage | None = None,
    error: dict[str, Any] | None = None,
    incomplete: str | None = None,
) -> dict[str, Any]:
    """Return the response of these items; see `response_object`."""
    return {
        "id": head.id,
        "object": "response",
        "created_at": head.created_at,
        "completed_at": int(utc_now().timestamp()) if status == "completed" else None,
        "status": status,
        "background": head.background,
        "error": error,
        "incomplete_details": {"reason": incomplete} if incomplete else None,
        "model": head.model,
        "output": list(output),
        "previous_response_id": head.previous_response_id,
        "store": head.store,
        "usage": encode_usage(usage) if usage else None,
        **head.echo,
    }


def encode_response(response: Mapping[str, Any]) -> bytes:
    return _encode(response)


def response_error(body: bytes) -> dict[str, Any]:
    """Return the `error` of a failed response.

    Args:
        body: What the surface's `encode_error` gave.
    """
    told = msgspec.json.decode(body)["error"]
    code = "rate_limit_exceeded" if told["type"] == "rate_limit_error" else told["code"]
    return {"code": code or "server_error", "message": told["message"]}


def output_items(parts: Iterable[Part], forms: Mapping[str, Form], *, ended_well: bool = True) -> list[dict[str, Any]]:
    """Return the items of an answer: texts that follow each other make one message."""
    items: list[dict[str, Any]] = []
    for part in parts:
        match part:
            case Thinking():
                items.append(encode_reasoning(part, reasoning_id(part.id, part.origin)))
            case Text():
                if not items or items[-1]["type"] != "message":
                    items.append(message_item(made_id("msg"), [], status="completed"))
                items[-1]["content"].append(text_part(part))
            case ToolCall():
                items.append(call_item(part, made_id(_prefix(forms, part.name)), forms))
            case _:
                pass  # models send nothing else
    if not ended_well and items and "status" in items[-1]:
        items[-1]["status"] = "incomplete"
    return items


def made_id(prefix: str) -> str:
    return f"{prefix}_{new_id().hex}"


def reasoning_id(id: str | None, origin: str | None) -> str:
    """Return the item's id: OpenAI's own is kept, as its proof may rest on it."""
    return id if id and origin == WIRE else made_id("rs")


def message_item(id: str, content: list[dict[str, Any]], *, status: str) -> dict[str, Any]:
    return {"id": id, "type": "message", "status": status, "role": "assistant", "content": content}


def text_part(text: Text) -> dict[str, Any]:
    if text.refusal:
        return {"type": "refusal", "refusal": text.text}
    told = [encode_annotation(citation, length=len(text.text)) for citation in text.citations]
    annotations = [annotation for annotation in told if annotation is not None]
    return {"type": "output_text", "text": text.text, "annotations": annotations, "logprobs": []}


def call_item(call: ToolCall, id: str, forms: Mapping[str, Form], *, status: str = "completed") -> dict[str, Any]:
    """Return the call as its caller knows the tool."""
    form = forms.get(call.name) or Form(name=call.name)
    item: dict[str, Any] = {"id": id, "type": "custom_tool_call" if form.custom else "function_call", "status": status}
    item |= {"call_id": signed_id(call.id, call.signature), "name": form.name}
    if form.namespace is not None:
        item["namespace"] = form.namespace
    return item | ({"input": input_of(call.arguments)} if form.custom else {"arguments": call.arguments})


def encode_usage(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": {
            "cached_tokens": usage.cached_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
        },
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }


def _prefix(forms: Mapping[str, Form], name: str) -> str:
    form = forms.get(name)
    return "ctc" if form is not None and form.custom else "fc"
