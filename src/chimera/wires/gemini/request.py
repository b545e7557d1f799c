"""A request as the body of `POST /v1beta/models/{model}:streamGenerateContent`."""

from msgspec.structs import replace

from chimera.llm import JsonObject, JsonSchema, NamedTool, Reasoning, Request, Tool
from chimera.wires.effort import budget_of, effort_of, nearest
from chimera.wires.encoded import Encoded, lost_extra
from chimera.wires.gemini.content import ORIGIN, Json, encode_contents
from chimera.wires.gemini.quirks import Quirks, quirks_of
from chimera.wires.gemini.spelling import camel
from chimera.wires.json_text import answer_schema, tool_schema
from chimera.wires.losses import lost_in
from chimera.wires.sampling import encode_sampling

# Of a request that cannot be forwarded, since it holds another model's reasoning.
_KEPT = frozenset({"safetySettings", "labels", "serviceTier"})
_MOST_BUDGET = 24_576
_SAMPLING = {
    "top_p": "topP", "top_k": "topK", "max_output_tokens": "maxOutputTokens", "stop": "stopSequences",
    "presence_penalty": "presencePenalty", "frequency_penalty": "frequencyPenalty",
}  # fmt: skip


def encode_request(request: Request, quirks: Quirks | None = None) -> Encoded:
    """Return the body, by default with the quirks of the request's model; the model's name stands in the address.

    Raises:
        InvalidRequestError: for images, documents and schemas that Gemini does not take.
    """
    quirks = quirks or quirks_of(request.model)
    lost: list[str] = []
    body: Json = {"contents": encode_contents(request.messages, quirks)}
    system = [{"text": text.text} for text in request.system if text.text]
    if system:
        body["systemInstruction"] = {"parts": system}
    if request.tools:
        body["tools"] = [{"functionDeclarations": [_declaration(tool) for tool in request.tools]}]
        config = _calling(request)
        if config:
            body["toolConfig"] = {"functionCallingConfig": config}
    if request.parallel_tools is False and request.tools:
        lost.append("parallel_tool_calls")
    lost += sorted(lost_in(request, origin=ORIGIN))
    generation = encode_sampling(request.sampling, _SAMPLING)
    generation |= _format(request, quirks, lost) | _thinking(request.reasoning, quirks, lost)
    if generation:
        body["generationConfig"] = generation
    lost += lost_extra(request)
    return Encoded(body=body | _kept(request), lost=tuple(lost))


def without_kept(request: Request) -> Request:
    """Return the request with nothing named as minor that `encode_request` sends on after all."""
    original = request.original
    if original is None or original.wire != ORIGIN:
        return request
    minor = tuple(name for name in original.minor if name not in _KEPT)
    return replace(request, original=replace(original, minor=minor))


def _kept(request: Request) -> Json:
    """Return what a caller of this wire said that no translation has words for, but Gemini itself has."""
    original = request.original
    if original is None or original.wire != ORIGIN:
        return {}
    return {camel(name): raw for name, raw in original.fields.items() if camel(name) in _KEPT}


def _declaration(tool: Tool) -> Json:
    declaration: Json = {"name": tool.name}
    if tool.description:
        declaration["description"] = tool.description
    schema = tool_schema(tool)
    if schema.get("properties") or "$ref" in schema or "anyOf" in schema:
        # Unlike `parameters`, this takes JSON Schema as it is: $ref, $defs, additionalProperties, anyOf with null.
        declaration["parametersJsonSchema"] = schema
    return declaration


def _calling(request: Request) -> Json:
    match request.tool_choice:
        case NamedTool() as named:
            return {"mode": "ANY", "allowedFunctionNames": [named.name]}
        case "required":
            return {"mode": "ANY"}
        case "none":
            return {"mode": "NONE"}
        case _:
            return {}


def _format(request: Request, quirks: Quirks, lost: list[str]) -> Json:
    wanted = request.response_format
    if wanted == "text":
        return {}
    if request.tools and not quirks.format_with_tools:
        # "Function calling with a response mime type: 'application/json' is unsupported" until Gemini 3.
        lost.append("response_format")
        return {}
    match wanted:
        case JsonSchema():
            schema = answer_schema(wanted)
            return {"responseMimeType": "application/json", "responseJsonSchema": schema}
        case JsonObject():
            return {"responseMimeType": "application/json"}


def _thinking(reasoning: Reasoning | None, quirks: Quirks, lost: list[str]) -> Json:
    if reasoning is None:
        return {}
    if not quirks.thinks:
        if budget_of(reasoning) > 0:
            lost.append("reasoning_effort")
        return {}
    effort = effort_of(reasoning)
    if quirks.levels:
        config: Json = {"thinkingLevel": nearest(effort, quirks.levels).upper()}
        if effort == "none":
            lost.append("reasoning_effort")  # these models think at least a little
    else:
        budget = max(quirks.least_budget, min(budget_of(reasoning), _MOST_BUDGET))
        config = {"thinkingBudget": budget}
        if effort == "none" and budget:
            lost.append("reasoning_effort")
    return {"thinkingConfig": {**config, "includeThoughts": effort != "none"}}
