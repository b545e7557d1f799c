"""Which calls may be answered with what was answered before, and which may not, with the reason. Pure."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from chimera.gateway.call import Asked, Call
from chimera.llm import Document, EmbeddingRequest, Image, Message, Original, Request, ToolCall, ToolResult
from chimera.policies.sections.cache import CachePolicy

Reason: TypeAlias = Literal["wish", "conversation", "relay", "wording", "tools", "remote", "unreadable"]
"""Why a call always goes to the model.

- wish: its caller wants it so.
- conversation: it belongs to one that is kept here, and the policy leaves these out.
- relay: it is passed on unread.
- wording: it asks what only the provider's own wire can say, so that two such calls cannot be compared.
- tools: it offers or tells of tools, which act on a world that changes.
- remote: it names a picture or a file by an address, behind which something else may stand tomorrow.
- unreadable: it holds what has no one way to be written down (`unreadable` is found where the digest is made).
"""

# Says how a wire is spelled, not what is asked.
_NEUTRAL_HEADERS = {"anthropic-version"}


def objection(call: Call, policy: CachePolicy) -> Reason | None:
    """Why the call must not be compared with others; `None` where nothing speaks against it.

    The organisation's `mode` is not looked at: whoever asks has done so.
    """
    if call.wishes.cache == "off":
        return "wish"
    if call.origin.feature == "chat" and not policy.conversations:
        return "conversation"
    return _in_itself(call.request)


def _in_itself(asked: Asked) -> Reason | None:
    if isinstance(asked, EmbeddingRequest):
        return None
    if not isinstance(asked, Request):
        return "relay"
    original = asked.original
    if original is not None and _says_more(original):
        return "wording"
    return _in_its_messages(asked)


def _says_more(original: Original) -> bool:
    """Whether the caller's own words ask what the language has no word for."""
    return bool(original.beyond or original.minor) or any(name not in _NEUTRAL_HEADERS for name, _ in original.headers)


def _in_its_messages(request: Request) -> Reason | None:
    if request.tools or any(isinstance(part, ToolCall | ToolResult) for part in _parts(request.messages)):
        return "tools"
    if any(isinstance(part, Image | Document) and _is_remote(part.url) for part in _parts(request.messages)):
        return "remote"
    return None


def _parts(messages: Iterable[Message]) -> Iterable[object]:
    return (part for message in messages for part in message.parts)


def _is_remote(url: str) -> bool:
    return not url.startswith("data:")
