"""A request as the body of `POST /v1beta/models/{model}:streamGenerateContent`."""

from collections.abc import Iterator
from typing import Any

from chimera.llm import JsonObject, JsonSchema, NamedTool, Reasoning, Request, Thinking, Tool
from chimera.wires.effort import budget_of, effort_of, nearest
from chimera.wires.encoded import Encoded
from chimera.wires.gemini.content import ORIGIN, Json, encode_contents
from chimera.wires.gemini.quirks import Quirks, quirks_of
from chimera.wires.json_text import schema_object

_MOST_BUDGET = 24_576


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
    lost += sorted(set(_unsaid(request)))
    generation = _sampling(request) | _format(request, quirks, lost) | _thinking(request.reasoning, quirks, lost)
    if generation:
        body["generationConfig"] = generation
    lost += [f"extra.{name}" for name in request.extra]
    return Encoded(body=body, lost=tuple(lost))


def _unsaid(request: Request) -> Iterator[str]:
    for message in request.messages:
        if message.name:
            yield "messages.name"
        if any(isinstance(part, Thinking) and part.origin != ORIGIN for part in message.parts):
            yield "messages.thinking"


def _declaration(tool: Tool) -> Json:
    declaration: Json = {"name": tool.name}
    if tool.description:
        declaration["description"] = tool.description
    schema = schema_object(tool.parameters, field=f"tools.{tool.name}.parameters")
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


def _sampling(request: Request) -> Json:
    sampling = request.sampling
    asked: dict[str, Any] = {
        "temperature": sampling.temperature,
        "topP": sampling.top_p,
        "topK": sampling.top_k,
        "maxOutputTokens": sampling.max_output_tokens,
        "stopSequences": list(sampling.stop) or None,
        "seed": sampling.seed,
        "presencePenalty": sampling.presence_penalty,
        "frequencyPenalty": sampling.frequency_penalty,
    }
    return {name: value for name, value in asked.items() if value is not None}


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
            schema = schema_object(wanted.schema, field="response_format.json_schema.schema")
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
