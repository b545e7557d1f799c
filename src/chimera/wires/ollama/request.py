"""A request as the body of `POST /api/chat`. Source: https://docs.ollama.com/api/chat"""

from chimera.llm import JsonObject, JsonSchema, NamedTool, Reasoning, Request, ResponseFormat, Tool, ToolCall
from chimera.wires.effort import budget_of, effort_of, nearest
from chimera.wires.encoded import Encoded, lost_extra
from chimera.wires.json_text import answer_schema, tool_schema
from chimera.wires.losses import lost_in
from chimera.wires.ollama.content import ORIGIN, Json, encode_message
from chimera.wires.ollama.quirks import Quirks, quirks_of
from chimera.wires.sampling import encode_sampling

_SAMPLING = {"max_output_tokens": "num_predict"}


def encode_request(request: Request, quirks: Quirks | None = None) -> Encoded:
    """Return the body of a streamed request, by default with the quirks of its model.

    Raises:
        InvalidRequestError: for images by address, for documents that are no text, for schemas that are no JSON.
    """
    lost: list[str] = []
    body: Json = {"model": request.model, "messages": _messages(request)}
    tools = _tools(request, lost)
    if tools:
        body["tools"] = tools
    body |= _format(request.response_format) | _think(request.reasoning, quirks or quirks_of(request.model), lost)
    options = encode_sampling(request.sampling, _SAMPLING)
    if options:
        body["options"] = options
    lost += sorted(lost_in(request, origin=ORIGIN) | _lost_signatures(request))
    lost += lost_extra(request)
    return Encoded(body={**body, "stream": True, "truncate": False, "shift": False}, lost=tuple(lost))


def _lost_signatures(request: Request) -> set[str]:
    parts = (part for message in request.messages for part in message.parts)
    signed = any(isinstance(part, ToolCall) and part.signature for part in parts)
    return {"messages.tool_call.signature"} if signed else set()


def _messages(request: Request) -> list[Json]:
    names: dict[str, str] = {}
    messages: list[Json] = []
    if request.system:
        messages.append({"role": "system", "content": "\n\n".join(text.text for text in request.system)})
    for message in request.messages:
        messages.extend(encode_message(message, names))
    return messages


def _tools(request: Request, lost: list[str]) -> list[Json]:
    """Return the tools on offer; Ollama has no `tool_choice`, so what can be said is said by the offer."""
    if not request.tools:
        return []
    if request.parallel_tools is False:
        lost.append("parallel_tool_calls")
    match request.tool_choice:
        case "none":
            return []
        case "auto":
            return [_tool(tool) for tool in request.tools]
        case "required":
            lost.append("tool_choice")
            return [_tool(tool) for tool in request.tools]
        case NamedTool() as named:
            lost.append("tool_choice")
            return [_tool(tool) for tool in request.tools if tool.name == named.name]


def _tool(tool: Tool) -> Json:
    parameters = tool_schema(tool)
    function = {"name": tool.name, "description": tool.description, "parameters": {"type": "object", **parameters}}
    return {"type": "function", "function": function}


def _format(wanted: ResponseFormat) -> Json:
    match wanted:
        case JsonSchema():
            return {"format": answer_schema(wanted)}
        case JsonObject():
            return {"format": "json"}
        case _:
            return {}


def _think(reasoning: Reasoning | None, quirks: Quirks, lost: list[str]) -> Json:
    if reasoning is None:
        return {}
    if quirks.levels:
        effort = effort_of(reasoning)
        if effort == "none":
            lost.append("reasoning_effort")  # these models cannot be kept from thinking
        return {"think": nearest(effort, quirks.levels)}
    if budget_of(reasoning) == 0:
        return {"think": False}
    if effort_of(reasoning) != "medium":
        lost.append("reasoning_effort")
    return {"think": True}
