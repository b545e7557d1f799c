"""What `/docs` says of what is passed on; its bodies belong to the provider, so only what we read is described."""

from typing import Final

from chimera.compat.described import TIMEOUT, Json, json_of
from chimera.compat.openai.described import ANY, answers, operation, structure

_TEXT: Final[Json] = {"type": "string"}


def _model(example: str) -> Json:
    return {
        "type": "string",
        "minLength": 1,
        "maxLength": 256,
        "description": "A bare name that no provider lists goes to the first that has the endpoint.",
        "examples": [example],
    }


_SOUND: Final = structure(
    {"file": {"type": "string", "contentMediaType": "application/octet-stream"}, "model": _model("openai/whisper-1")},
    "file",
    "model",
)
_ANY_OBJECT: Final[Json] = {"type": "object"}
_PASSED: Final = "Passed on unread to a provider that has the endpoint; all its other fields go along. "
SCHEMAS: Final[Json] = {
    "OpenAIModerationRequest": structure(
        {"input": {"type": ["string", "array"], "examples": ["Hello"]}, "model": _model("omni-moderation-latest")},
        "input",
    ),
    "OpenAISpeechRequest": structure(
        {"input": _TEXT, "model": _model("openai/gpt-4o-mini-tts"), "voice": {"type": "string", "examples": ["alloy"]}},
        "input",
        "model",
        "voice",
    ),
    "OpenAIImageRequest": structure({"prompt": _TEXT, "model": _model("openai/gpt-image-1")}, "prompt", "model"),
    "OpenAISoundForm": _SOUND,
}


def _passed(name: str, summary: str, description: str, *, body: Json, content: Json) -> Json:
    return {
        "post": operation(
            name,
            summary,
            _PASSED + description,
            answers("As the provider answered.", content, ANY),
            parameters=[TIMEOUT],
            requestBody={"required": True, "content": body},
        )
    }


_JSON: Final[Json] = {"application/json": {"schema": _ANY_OBJECT}}
_FORM: Final[Json] = {"multipart/form-data": {"schema": {"$ref": "#/components/schemas/OpenAISoundForm"}}}
_HEARD: Final[Json] = _JSON | {
    media_type: {"schema": _TEXT} for media_type in ("text/plain", "text/vtt", "text/event-stream")
}
_SPOKEN: Final[Json] = {"audio/*": {"schema": _TEXT}, "text/event-stream": {"schema": _TEXT}}
PATHS: Final[Json] = {
    "/v1/moderations": _passed(
        "create_moderation",
        "Judge a text",
        "Without a model it is OpenAI's newest.",
        body=json_of("OpenAIModerationRequest"),
        content=_JSON,
    ),
    "/v1/audio/speech": _passed(
        "create_speech",
        "Speak a text",
        "The sound comes while it is made.",
        body=json_of("OpenAISpeechRequest"),
        content=_SPOKEN,
    ),
    "/v1/audio/transcriptions": _passed(
        "create_transcription", "Write down what is said", "The form is sent as it came.", body=_FORM, content=_HEARD
    ),
    "/v1/audio/translations": _passed(
        "create_translation",
        "Write down in English what is said",
        "The form is sent as it came.",
        body=_FORM,
        content=_HEARD,
    ),
    "/v1/images/generations": _passed(
        "create_image",
        "Draw an image",
        "It comes as the provider sends it.",
        body=json_of("OpenAIImageRequest"),
        content=_JSON | {"text/event-stream": {"schema": _TEXT}},
    ),
}
