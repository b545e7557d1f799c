"""Gemini's generateContent as the provider speaks it, with its embeddings and its model list."""

import base64
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Literal, TypeVar

import msgspec

from tests.fakes.answer import Finish
from tests.fakes.frames import SSE, Frame, Framing, Json, Kind
from tests.fakes.samples import embedding
from tests.fakes.speech import Asked, Speech, ToolOffer
from tests.fakes.wires.wire import Ask, BadRequestError

_T = TypeVar("_T")
_OF_THE_USER = frozenset(
    {"args", "response", "parameters", "parametersJsonSchema", "responseSchema", "responseJsonSchema"}
)
_FINISH = {
    Finish.STOP: "STOP",
    # Gemini has no finish reason of its own for a function call.
    Finish.TOOL_CALLS: "STOP",
    Finish.LENGTH: "MAX_TOKENS",
    Finish.CONTENT_FILTER: "SAFETY",
}


class _Blob(msgspec.Struct, frozen=True, rename="camel"):
    mime_type: str
    data: str = ""


class _FunctionCall(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    args: dict[str, Any] = {}


class _FunctionResponse(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    response: dict[str, Any]


class _Part(msgspec.Struct, frozen=True, rename="camel"):
    text: str | None = None
    thought: bool = False
    inline_data: _Blob | None = None
    file_data: _Blob | None = None
    function_call: _FunctionCall | None = None
    function_response: _FunctionResponse | None = None
    thought_signature: str | None = None

    def plain(self) -> str:
        if self.function_response:
            return msgspec.json.encode(self.function_response.response).decode()
        return "" if self.thought else self.text or ""


class _Content(msgspec.Struct, frozen=True, rename="camel"):
    parts: list[_Part] = []
    role: Literal["user", "model", "function", "system"] = "user"

    def text(self) -> str:
        return " ".join(text for part in self.parts if (text := part.plain()))


class _Declaration(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    parameters: dict[str, Any] | None = None
    parameters_json_schema: dict[str, Any] | None = None


class _Tool(msgspec.Struct, frozen=True, rename="camel"):
    function_declarations: list[_Declaration] = []


class _CallingConfig(msgspec.Struct, frozen=True, rename="camel"):
    mode: Literal["AUTO", "ANY", "NONE", "VALIDATED", "MODE_UNSPECIFIED"] = "AUTO"
    allowed_function_names: list[str] = []


class _ToolConfig(msgspec.Struct, frozen=True, rename="camel"):
    function_calling_config: _CallingConfig = _CallingConfig()


class _ThinkingConfig(msgspec.Struct, frozen=True, rename="camel"):
    include_thoughts: bool = False


class _GenerationConfig(msgspec.Struct, frozen=True, rename="camel"):
    max_output_tokens: int | None = None
    response_mime_type: str = ""
    response_schema: dict[str, Any] | None = None
    response_json_schema: dict[str, Any] | None = None
    thinking_config: _ThinkingConfig = _ThinkingConfig()

    def schema(self) -> object:
        if self.response_mime_type != "application/json":
            return None
        return self.response_json_schema or self.response_schema or {"type": "object", "properties": {"answer": {}}}


class _Body(msgspec.Struct, frozen=True, rename="camel"):
    contents: list[_Content]
    system_instruction: _Content | None = None
    tools: list[_Tool] = []
    tool_config: _ToolConfig = _ToolConfig()
    generation_config: _GenerationConfig = _GenerationConfig()


class _EmbedBody(msgspec.Struct, frozen=True, rename="camel"):
    content: _Content
    output_dimensionality: int | None = None
    model: str = ""


class _CountBody(msgspec.Struct, frozen=True, rename="camel"):
    contents: list[_Content] = []
    generate_content_request: _Body | None = None


class _BatchBody(msgspec.Struct, frozen=True, rename="camel"):
    requests: list[_EmbedBody]


class GeminiContent:
    """`POST …/models/{model}:generateContent` and `:streamGenerateContent?alt=sse`."""

    framing: Framing = SSE

    def read(self, ask: Ask) -> Asked:
        """Read the body as strictly as Gemini does."""
        stream = ask.params["method"] == "streamGenerateContent"
        if stream and ask.query.get("alt") != "sse":
            raise BadRequestError("This fake streams with alt=sse only.")
        body = _decode(ask.body, _Body)
        _check(body)
        system = (body.system_instruction.text(),) if body.system_instruction else ()
        blobs = [
            blob for content in body.contents for part in content.parts if (blob := part.inline_data or part.file_data)
        ]
        config = body.generation_config
        return Asked(
            model=ask.params["model"],
            texts=(*system, *(content.text() for content in body.contents)),
            last_text=next((c.text() for c in reversed(body.contents) if c.role != "model"), ""),
            images=[blob.mime_type for blob in blobs if blob.mime_type.startswith("image/")],
            stream=stream,
            schema=config.schema(),
            forced=_forced(body),
            thinks=config.thinking_config.include_thoughts,
            max_tokens=config.max_output_tokens,
        )

    def document(self, speech: Speech) -> Json:
        """Return a `GenerateContentResponse`."""
        parts: list[Json] = []
        if speech.reasoning:
            parts.append({"text": speech.reasoning, "thought": True})
        if speech.text:
            parts.append({"text": speech.text})
        parts.extend(_call_parts(speech))
        return _response(speech, parts, finished=True)

    def frames(self, speech: Speech) -> Sequence[Frame]:
        """Return responses with a part each, function calls whole; the last has the finish reason, nothing follows."""
        return list(_frames(speech))

    def error_frame(self) -> Frame:
        """Return the error object."""
        error = {"code": 503, "message": "The model is overloaded. Please try again later.", "status": "UNAVAILABLE"}
        return Frame(kind=Kind.END, payload={"error": error})


def embed_content(ask: Ask) -> Json:
    """Answer `:embedContent`."""
    return {"embedding": _embed(_decode(ask.body, _EmbedBody))}


def batch_embed_contents(ask: Ask) -> Json:
    """Answer `:batchEmbedContents`."""
    return {"embeddings": [_embed(body) for body in _decode(ask.body, _BatchBody).requests]}


def count_tokens(ask: Ask) -> Json:
    """Answer `:countTokens`: words are tokens."""
    asked = _decode(ask.body, _CountBody)
    contents = (asked.generate_content_request or asked).contents
    return {"totalTokens": sum(len(content.text().split()) for content in contents)}


def list_models(ask: Ask) -> Json:
    """Answer `GET /v1beta/models`, in pages; the page token is the index of the next model."""
    size, start = int(ask.query.get("pageSize", "50")), int(ask.query.get("pageToken", "0"))
    page: Json = {"models": [_model(name) for name in ask.models[start : start + size]]}
    return page | ({"nextPageToken": str(start + size)} if start + size < len(ask.models) else {})


def _model(name: str) -> Json:
    embeds = "embedding" in name
    return {
        "name": f"models/{name}",
        "version": "001",
        "displayName": name.title(),
        "description": "Not a real model.",
        "inputTokenLimit": 2048 if embeds else 1_048_576,
        "outputTokenLimit": 1 if embeds else 65_536,
        "supportedGenerationMethods": ["embedContent"] if embeds else ["generateContent", "countTokens"],
    }


def _embed(body: _EmbedBody) -> Json:
    return {"values": embedding(body.content.text(), body.output_dimensionality or 8)}


def _frames(speech: Speech) -> Iterator[Frame]:
    for piece in speech.reasoning_pieces:
        yield Frame(kind=Kind.DELTA, payload=_response(speech, [{"text": piece, "thought": True}]))
    for piece in speech.text_pieces:
        yield Frame(kind=Kind.DELTA, payload=_response(speech, [{"text": piece}]))
    for part in _call_parts(speech):
        yield Frame(kind=Kind.DELTA, payload=_response(speech, [part]))
    yield Frame(kind=Kind.FINISH, payload=_response(speech, [{"text": ""}], finished=True))


def _call_parts(speech: Speech) -> Iterator[Json]:
    for index, call in enumerate(speech.tool_calls):
        function: Json = {"id": call.id, "name": call.name, "args": msgspec.Raw(call.arguments.encode())}
        part: Json = {"functionCall": function}
        # Only the first of parallel calls is signed: https://ai.google.dev/gemini-api/docs/thought-signatures
        yield part | ({"thoughtSignature": signature(call.name)} if index == 0 else {})


def signature(name: str) -> str:
    """Return the thought signature that the fake puts on a call of the function `name`."""
    return base64.b64encode(f"signed:{name}".encode()).decode()


def _response(speech: Speech, parts: Sequence[Json], *, finished: bool = False) -> Json:
    candidate: Json = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if finished:
        candidate["finishReason"] = _FINISH[speech.finish]
    return {
        "candidates": [candidate],
        "usageMetadata": _usage(speech, finished=finished),
        "modelVersion": speech.model,
        "responseId": f"resp{speech.serial:06d}",
    }


def _usage(speech: Speech, *, finished: bool) -> Json:
    tokens = speech.tokens
    usage: Json = {
        "promptTokenCount": tokens.input,
        "totalTokenCount": tokens.input + (tokens.output if finished else 0),
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": tokens.input}],
    }
    if tokens.cached:
        usage["cachedContentTokenCount"] = tokens.cached
    if finished:
        # Thoughts are counted beside the candidates, not within them.
        usage["candidatesTokenCount"] = tokens.output - tokens.reasoning
        usage |= {"thoughtsTokenCount": tokens.reasoning} if tokens.reasoning else {}
    return usage


def _decode(body: bytes, kind: type[_T]) -> _T:
    return msgspec.convert(_in_camel_case(msgspec.json.decode(body)), kind)


def _in_camel_case(value: object) -> object:
    # Google takes snake_case as well, and its own SDK sends a mixture; what belongs to the user is left alone.
    if isinstance(value, list):
        return [_in_camel_case(item) for item in value]
    if not isinstance(value, dict):
        return value
    named = {re.sub(r"_(\w)", lambda match: match[1].upper(), key): inner for key, inner in value.items()}
    return {key: inner if key in _OF_THE_USER else _in_camel_case(inner) for key, inner in named.items()}


def _forced(body: _Body) -> tuple[ToolOffer, ...]:
    calling = body.tool_config.function_calling_config
    if calling.mode != "ANY":
        return ()
    declared = [declaration for tool in body.tools for declaration in tool.function_declarations]
    return tuple(
        ToolOffer(name=item.name, schema=item.parameters_json_schema or item.parameters or {"type": "object"})
        for item in declared
        if not calling.allowed_function_names or item.name in calling.allowed_function_names
    )


def _check(body: _Body) -> None:
    if not body.contents:
        raise BadRequestError("* GenerateContentRequest.contents: contents is not specified\n")
    for content in body.contents:
        if not content.parts:
            raise BadRequestError("* GenerateContentRequest.contents: contents.parts must not be empty.\n")
    called = 0
    # Contents of one role in a row are one turn: the SDK's chats send a stream back chunk by chunk.
    for _, turn in groupby(body.contents, key=lambda content: content.role == "model"):
        parts = [part for content in turn for part in content.parts]
        answered = sum(part.function_response is not None for part in parts)
        if (called or answered) and called != answered:
            raise BadRequestError(
                "Please ensure that the number of function response parts is equal to "
                "the number of function call parts of the function call turn."
            )
        called = sum(part.function_call is not None for part in parts)
