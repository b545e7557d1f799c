"""Compaction items: what was said before, summed up, in a form that clients send back as it is. Pure.

OpenAI's are encrypted and understood by its own models only. Ours bear a seal and are opened before any model is asked,
so that a conversation that was compacted goes on with whichever model is chosen.
"""

import base64
import binascii
from collections.abc import Iterable
from typing import Any, Final

import msgspec

_SEAL: Final = "chimera.compaction."
_OPENING: Final = "What was said and done before, summed up:\n\n"

PROMPT: Final = (
    "Sum up this conversation for whoever has to go on with it and will see nothing of it but your summary and the "
    "user's own messages. Say what is wanted, what was found out and decided, what was done and with which results "
    "(names, numbers, paths, identifiers exactly as they are), and what remains to be done. Write only the summary."
)


def compaction_item(id: str, summary: str) -> dict[str, Any]:
    sealed = _SEAL + base64.b64encode(summary.encode()).decode()
    return {"id": id, "type": "compaction", "encrypted_content": sealed}


def kept_items(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items that stay as they are beside a summary: what the user said."""
    return [item for item in items if item.get("type") == "message" and item.get("role") == "user"]


def opened(body: bytes) -> bytes:
    """Return a request's body with the summaries in it as messages; as it is if there are none of ours."""
    if _SEAL.encode() not in body:
        return body
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return body  # refused where it is read
    if not isinstance(told, dict) or not isinstance(told.get("input"), list):
        return body
    told["input"] = [_opened(item) for item in told["input"]]
    return msgspec.json.encode(told)


def _opened(item: Any) -> Any:
    if not isinstance(item, dict) or item.get("type") != "compaction":
        return item
    sealed = item.get("encrypted_content")
    if not isinstance(sealed, str) or not sealed.startswith(_SEAL):
        return item
    try:
        summary = base64.b64decode(sealed.removeprefix(_SEAL), validate=True).decode()
    except (binascii.Error, ValueError):
        return item
    content = [{"type": "input_text", "text": _OPENING + summary}]
    return {"type": "message", "role": "user", "content": content}
