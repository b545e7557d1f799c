"""Ollama's own API as the server speaks it: chat in NDJSON, embeddings, and what it tells of its models."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec

from tests.fakes.answer import Finish, ToolUse
from tests.fakes.frames import NDJSON, Frame, Framing, Json, Kind
from tests.fakes.samples import embedding
from tests.fakes.speech import Asked, Speech
from tests.fakes.wires.wire import Ask, BadRequestError

_CREATED = "2025-06-15T15:06:40.123456789Z"
_JSON_OBJECT = {"type": "object", "properties": {"answer": {}}}
_PNG, _JPEG = "iVBORw0KGgo", "/9j/"


class _Function(msgspec.Struct, frozen=True):
    name: str
    # An object, not JSON text as elsewhere; Ollama refuses text.
    arguments: dict[str, Any] = {}


class _ToolCall(msgspec.Struct, frozen=True):
    function: _Function


class _Message(msgspec.Struct, frozen=True):
    role: Literal["system", "user", "assistant", "tool"]
    content: str = ""
    images: list[str] | None = None
    tool_calls: list[_ToolCall] | None = None


class _Options(msgspec.Struct, frozen=True):
    num_predict: int | None = None


class _Body(msgspec.Struct, frozen=True):
    model: str
    messages: list[_Message] = []
    stream: bool | None = True
    format: Literal["", "json"] | dict[str, Any] | None = None
    think: bool | str | None = None
    options: _Options | None = None
    tools: list[dict[str, Any]] | None = None


class _GenerateBody(msgspec.Struct, frozen=True):
    model: str
    prompt: str = ""
    system: str = ""
    images: list[str] | None = None
    stream: bool | None = True
    format: Literal["", "json"] | dict[str, Any] | None = None
    think: bool | str | None = None
    options: _Options | None = None


class _EmbedBody(msgspec.Struct, frozen=True):
    model: str
    input: str | list[str]
    dimensions: int | None = None


class _ShowBody(msgspec.Struct, frozen=True):
    model: str = ""
    name: str = ""


class OllamaChat:
    """`POST /api/chat`."""

    framing: Framing = NDJSON

    def read(self, ask: Ask) -> Asked:
        """Read the body as strictly as Ollama does."""
        body = msgspec.json.decode(ask.body, type=_Body)
        if not body.model:
            raise BadRequestError("model is required")
        limit = body.options.num_predict if body.options else None
        return Asked(
            model=body.model,
            texts=tuple(message.content for message in body.messages),
            last_text=next((m.content for m in reversed(body.messages) if m.role in {"user", "tool"}), ""),
            images=[_image_type(image) for message in body.messages for image in message.images or ()],
            stream=body.stream is not False,
            schema=_JSON_OBJECT if body.format == "json" else body.format or None,
            thinks=bool(body.think),
            max_tokens=limit if limit and limit > 0 else None,
        )

    def document(self, speech: Speech) -> Json:
        """Return the answer with `done`."""
        message: Json = {"role": "assistant", "content": speech.text}
        if speech.reasoning:
            message["thinking"] = speech.reasoning
        if speech.tool_calls:
            message["tool_calls"] = [_call(call, index) for index, call in enumerate(speech.tool_calls)]
        return _line(speech, message) | _end(speech)

    def frames(self, speech: Speech) -> Sequence[Frame]:
        """Return lines: thinking, text, tool calls whole, then the line with `done` that is both finish and end."""
        return list(_frames(speech))

    def error_frame(self) -> Frame:
        """Return the line with an error."""
        return Frame(kind=Kind.END, payload={"error": "an error was encountered while running the model: CUDA error"})


class OllamaGenerate:
    """`POST /api/generate`."""

    framing: Framing = NDJSON

    def read(self, ask: Ask) -> Asked:
        """Read the body as strictly as Ollama does."""
        body = msgspec.json.decode(ask.body, type=_GenerateBody)
        limit = body.options.num_predict if body.options else None
        return Asked(
            model=body.model,
            texts=(body.system, body.prompt),
            last_text=body.prompt,
            images=[_image_type(image) for image in body.images or ()],
            stream=body.stream is not False,
            schema=_JSON_OBJECT if body.format == "json" else body.format or None,
            thinks=bool(body.think),
            max_tokens=limit if limit and limit > 0 else None,
        )

    def document(self, speech: Speech) -> Json:
        """Return the answer with `done`."""
        thinking = {"thinking": speech.reasoning} if speech.reasoning else {}
        return _response(speech, response=speech.text, **thinking) | _end(speech)

    def frames(self, speech: Speech) -> Sequence[Frame]:
        """Return lines: thinking, text, then the line with `done` that is both finish and end."""
        thoughts = [_response(speech, response="", thinking=piece) for piece in speech.reasoning_pieces]
        texts = [_response(speech, response=piece) for piece in speech.text_pieces]
        frames = [Frame(kind=Kind.DELTA, payload=line) for line in (*thoughts, *texts)]
        return [*frames, Frame(kind=Kind.END, payload=_response(speech, response="") | _end(speech))]

    def error_frame(self) -> Frame:
        """Return the line with an error."""
        return OllamaChat().error_frame()


def embed(ask: Ask) -> Json:
    """Answer `POST /api/embed`."""
    body = msgspec.json.decode(ask.body, type=_EmbedBody)
    texts = [body.input] if isinstance(body.input, str) else body.input
    return {
        "model": body.model,
        "embeddings": [embedding(text, body.dimensions or 8) for text in texts],
        "total_duration": 14_143_917,
        "load_duration": 1_019_500,
        "prompt_eval_count": sum(len(text.split()) for text in texts),
    }


def tags(ask: Ask) -> Json:
    """Answer `GET /api/tags`."""
    models = [
        {
            "name": name,
            "model": name,
            "modified_at": _CREATED,
            "size": 4_683_087_332,
            "digest": "a" * 64,
            "details": _details(),
        }
        for name in ask.models
    ]
    return {"models": models}


def show(ask: Ask) -> Json:
    """Answer `POST /api/show`."""
    body = msgspec.json.decode(ask.body, type=_ShowBody)
    name = body.model or body.name
    capabilities = ["embedding"] if "embed" in name else ["completion", "tools", "vision", "thinking"]
    return {
        "modelfile": f"FROM {name}",
        "parameters": 'stop "<|end|>"',
        "template": "{{ .Prompt }}",
        "details": _details(),
        "model_info": {"general.architecture": "llama", "llama.context_length": 131_072, "llama.embedding_length": 8},
        "capabilities": capabilities,
        "modified_at": _CREATED,
    }


def version(_: Ask) -> Json:
    """Answer `GET /api/version`."""
    return {"version": "0.13.0"}


def _frames(speech: Speech) -> Iterator[Frame]:
    for piece in speech.reasoning_pieces:
        yield Frame(kind=Kind.DELTA, payload=_line(speech, {"role": "assistant", "content": "", "thinking": piece}))
    for piece in speech.text_pieces:
        yield Frame(kind=Kind.DELTA, payload=_line(speech, {"role": "assistant", "content": piece}))
    for index, call in enumerate(speech.tool_calls):
        message: Json = {"role": "assistant", "content": "", "tool_calls": [_call(call, index)]}
        yield Frame(kind=Kind.DELTA, payload=_line(speech, message))
    last = _line(speech, {"role": "assistant", "content": ""}) | _end(speech)
    yield Frame(kind=Kind.END, payload=last)


def _call(call: ToolUse, index: int) -> Json:
    function = {"index": index, "name": call.name, "arguments": msgspec.Raw(call.arguments.encode())}
    return {"id": call.id, "function": function}


def _line(speech: Speech, message: Json) -> Json:
    return {"model": speech.model, "created_at": _CREATED, "message": message, "done": False}


def _response(speech: Speech, **said: str) -> Json:
    return {"model": speech.model, "created_at": _CREATED, **said, "done": False}


def _end(speech: Speech) -> Json:
    return {
        "done": True,
        # Ollama knows only these two; tool calls end with "stop".
        "done_reason": "length" if speech.finish is Finish.LENGTH else "stop",
        "total_duration": 5_043_500_667,
        "load_duration": 5_025_959,
        "prompt_eval_count": speech.tokens.input,
        "prompt_eval_duration": 325_953_000,
        "eval_count": speech.tokens.output,
        "eval_duration": 4_709_213_000,
    }


def _details() -> Json:
    return {
        "parent_model": "",
        "format": "gguf",
        "family": "llama",
        "families": ["llama"],
        "parameter_size": "7.6B",
        "quantization_level": "Q4_K_M",
    }


def _image_type(data: str) -> str:
    if data.startswith(_PNG):
        return "image/png"
    return "image/jpeg" if data.startswith(_JPEG) else "image/unknown"
