"""OpenAI's endpoints for moderation, sound and images: what they are sent is checked, what they answer is made up."""

import email.parser
import email.policy

import msgspec

from tests.fakes.frames import Json
from tests.fakes.wires.wire import CREATED, Ask, BadRequestError, Blob

SOUND = b"ID3" + bytes(range(256)) * 2000
"""What every voice says: 512 kB that are neither JSON nor UTF-8."""


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    model: str = ""
    input: str | list[object] = ""
    voice: str = ""
    prompt: str = ""
    response_format: str = "mp3"


def moderations(ask: Ask) -> Json:
    """Answer `POST …/moderations`; only the word "violence" is bad."""
    body = msgspec.json.decode(ask.body, type=_Asked)
    texts = [body.input] if isinstance(body.input, str) else [str(text) for text in body.input]
    results = [
        {
            "flagged": "violence" in text,
            "categories": {"violence": "violence" in text},
            "category_scores": {"violence": float("violence" in text)},
            "category_applied_input_types": {"violence": ["text"]},
        }
        for text in texts
    ]
    return {"id": f"modr-{ask.serial}", "model": body.model or "omni-moderation-latest", "results": results}


def speech(ask: Ask) -> Blob:
    """Answer `POST …/audio/speech`."""
    body = msgspec.json.decode(ask.body, type=_Asked)
    if not (body.model or ask.params.get("deployment")) or not body.input or not body.voice:
        raise BadRequestError("model, input and voice are required")
    return Blob(content_type=f"audio/{body.response_format}", body=SOUND)


def transcriptions(ask: Ask) -> Json | Blob:
    """Answer `POST …/audio/transcriptions` and `…/audio/translations` with what the file's bytes say."""
    fields = _form(ask)
    if "model" not in fields or "file" not in fields:
        raise BadRequestError("model and file are required")
    text = f"{fields['model'].decode()}: {len(fields['file'])} bytes"
    if fields.get("response_format") == b"text":
        return Blob(content_type="text/plain; charset=utf-8", body=text.encode())
    usage = {"type": "tokens", "input_tokens": 14, "output_tokens": 5, "total_tokens": 19}
    return {"text": text, "usage": usage}


def images(ask: Ask) -> Json:
    """Answer `POST …/images/generations`."""
    body = msgspec.json.decode(ask.body, type=_Asked)
    usage = {"input_tokens": len(body.prompt.split()), "output_tokens": 100, "total_tokens": 100}
    return {"created": CREATED, "data": [{"b64_json": "aW1hZ2U="}], "usage": usage}


def _form(ask: Ask) -> dict[str, bytes]:
    head = f"content-type: {ask.headers['content-type']}\r\n\r\n".encode()
    form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + ask.body)
    if not form.is_multipart():
        raise BadRequestError("this is no form")
    fields = {}
    for part in form.iter_parts():
        content = part.get_payload(decode=True)
        fields[str(part.get_param("name", header="content-disposition"))] = (
            content if isinstance(content, bytes) else b""
        )
    return fields
