"""Which format a value has, by what it holds. Pure."""

from datetime import datetime

from chimera.conversations.interchange.documents import Read
from chimera.conversations.interchange.formats import chatgpt, claude, librechat, open_webui, ours
from chimera.conversations.interchange.formats.pieces import Picture
from chimera.conversations.interchange.reading.told import Told


def is_conversation(value: object) -> bool:
    """Whether it is a conversation of a format that we know."""
    told = Told(value)
    return any(one.is_one(told) for one in (ours, chatgpt, claude, open_webui, librechat))


def read(value: object, picture: Picture, now: datetime) -> Read | None:
    """The conversation as a document; `None` if it is none of any format that we know.

    Raises:
        ValueError: if it says that it is ours, and is not as ours are.
    """
    told = Told(value)
    if ours.is_one(told):
        return ours.read(told)
    if chatgpt.is_one(told):
        return chatgpt.read(told, picture, now)
    if claude.is_one(told):
        return claude.read(told, now)
    if open_webui.is_one(told):
        return open_webui.read(told, now)
    return librechat.read(told, now) if librechat.is_one(told) else None
