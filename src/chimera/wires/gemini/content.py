"""Parts of messages as Gemini's parts, and a conversation as its contents."""

from collections.abc import Sequence
from typing import Any

from chimera.kit.errors import InvalidRequestError
from chimera.llm import Document, Image, Message, Part, Text, Thinking, ToolCall, ToolResult, split_data_url
from chimera.wires.conversation import OPENING, marked_instruction, paired
from chimera.wires.gemini.quirks import Quirks
from chimera.wires.json_text import arguments_object

ORIGIN = "gemini"

# Google's own word for a call that another model made: https://ai.google.dev/gemini-api/docs/thought-signatures#faqs
UNSIGNED = "skip_thought_signature_validator"
_FETCHED = ("https://generativelanguage.googleapis.com/", "gs://", "https://www.youtube.com/", "https://youtu.be/")

Json = dict[str, Any]


def encode_contents(messages: Sequence[Message], quirks: Quirks) -> list[Json]:
    """Return the contents; later instructions become marked user text, as roles are `user` and `model` only.

    What gets lost on the way is told by `wires.losses`.

    Raises:
        InvalidRequestError: for images and documents that Gemini cannot read.
    """
    contents: list[Json] = []
    names: dict[str, str] = {}
    for message in paired(messages):
        parts = _tool_parts(message, names, quirks) if message.role == "tool" else _parts(message)
        if message.role == "assistant":
            names |= {part.id: part.name for part in message.parts if isinstance(part, ToolCall)}
            if quirks.signed_calls:
                _mark_unsigned(parts)
        if parts:
            contents.append({"role": "model" if message.role == "assistant" else "user", "parts": parts})
    if not contents or contents[0]["role"] != "user":
        contents.insert(0, {"role": "user", "parts": [{"text": OPENING}]})
    return contents


def blob(url: str) -> Json:
    """Return the bytes of a data URL, or a reference to a file that Google itself holds.

    Raises:
        InvalidRequestError: for any other address; Gemini fetches none from the web.
    """
    split = split_data_url(url)
    if split is not None:
        return {"inlineData": {"mimeType": split[0], "data": split[1]}}
    if url.startswith(_FETCHED):
        return {"fileData": {"fileUri": url}}
    raise InvalidRequestError(
        "Gemini does not fetch files from the web; send the file as a base64 data URL.", field="messages"
    )


def is_held_by_google(url: str) -> bool:
    """Whether nobody but Google can read what lies at this address."""
    return url.startswith(_FETCHED)


def _parts(message: Message) -> list[Json]:
    parts: list[Json] = []
    for part in message.parts:
        if isinstance(part, Document) and part.context:
            parts.append({"text": part.context})
        encoded = _part(part)
        if encoded is not None:
            parts.append(encoded)
    if message.role == "system":
        text = "\n".join(part["text"] for part in parts if "text" in part)
        return [{"text": marked_instruction(text)}] if text else []
    return parts


def _part(part: Part) -> Json | None:
    match part:
        case Text():
            return {"text": part.text} if part.text else None
        case Image() | Document():
            return blob(part.url)
        case ToolCall():
            call: Json = {
                "functionCall": {"id": part.id, "name": part.name, "args": arguments_object(part.arguments)},
            }
            if part.signature:
                call["thoughtSignature"] = part.signature
            return call
        case Thinking():
            # Summaries of thoughts are not read again; the signature carries the thoughts themselves.
            own = part.origin == ORIGIN and part.signature
            return {"text": "", "thoughtSignature": part.signature} if own else None
        case ToolResult():
            return None  # stands in messages of role `tool`, which `_tool_parts` encodes


def _tool_parts(message: Message, names: dict[str, str], quirks: Quirks) -> list[Json]:
    responses: list[Json] = []
    shown: list[Json] = []
    for result in message.parts:
        if not isinstance(result, ToolResult):
            continue
        text = "\n".join(part.text for part in result.parts if isinstance(part, Text))
        # Always wrapped: a result that is an object may hold `$ref`, which Gemini takes for its own.
        response: Json = {
            "id": result.call_id,
            "name": names[result.call_id],
            "response": {"error" if result.is_error else "output": text},
        }
        files = [blob(part.url) for part in result.parts if not isinstance(part, Text)]
        if files and quirks.rich_results:
            response["parts"] = files
        else:
            shown.extend(files)
        responses.append({"functionResponse": response})
    return responses + shown


def _mark_unsigned(parts: list[Json]) -> None:
    """Excuse the first call of a message whose calls bear no signature: another model made them."""
    calls = [part for part in parts if "functionCall" in part]
    if calls and not any("thoughtSignature" in call for call in calls):
        calls[0]["thoughtSignature"] = UNSIGNED
