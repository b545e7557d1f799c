"""What a file holds, conversation by conversation. Blocking: ask for the next one in a thread."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, Final

from msgspec import Struct

from chimera.conversations.interchange.documents import Read
from chimera.conversations.interchange.formats import is_conversation, read
from chimera.conversations.interchange.formats.pieces import Picture, no_picture
from chimera.conversations.interchange.reading.archive import UNREADABLE, TooMuchError, is_archive, opened
from chimera.conversations.interchange.reading.elements import Elements, Fault, Found
from chimera.conversations.interchange.reading.told import Told, short

_CALLED: Final = "conversations"


class Bounds(Struct, frozen=True, kw_only=True):
    """How large what is brought may be.

    Attributes:
        file_bytes: Of the file, and of what a ZIP file unpacks to.
        conversation_bytes: Of one conversation, as JSON, and of all its pictures that lie beside it.
        messages: Of one conversation.
    """

    file_bytes: int
    conversation_bytes: int
    messages: int = 50_000


class Failed(Struct, frozen=True, kw_only=True):
    """A conversation that cannot be taken in, and why.

    Attributes:
        file: Its file in a ZIP file.
        number: Its place in that, from 1.
        id: Its own, where that can be read; so is the title.
        code: `damaged`, `too_large`, `too_many_messages`, `unrecognised`, `invalid`, `empty` or `given_up`.
    """

    number: int
    code: str
    detail: str
    file: str = ""
    id: str = ""
    title: str = ""


class Item(Struct, frozen=True, kw_only=True):
    """A conversation that can be taken in."""

    number: int
    read: Read
    file: str = ""


def items(file: IO[bytes], bounds: Bounds, now: datetime) -> Iterator[Item | Failed]:
    """Everything that the file holds, in its order. What cannot be read is told, and the rest is read on.

    Args:
        file: JSON, JSON Lines or a ZIP file, from its beginning.
        bounds: What is taken of it.
        now: When something was said that bears no time.

    Raises:
        ImportArchiveError: if a ZIP file cannot even be opened.
    """
    if not is_archive(file):
        yield from _of_file(file, _Reading(bounds=bounds, now=now, picture=no_picture))
        return
    archive = opened(file, most_bytes=bounds.file_bytes)
    with archive.zip:
        for info in archive.members():
            name = short(PurePosixPath(info.filename).name)
            try:
                with archive.unpacked(info) as held:
                    reading = _Reading(bounds=bounds, now=now, picture=archive.picture, name=name)
                    yield from _of_member(held, reading)
            except TooMuchError:
                yield Failed(
                    file=name, number=0, code="too_large", detail="The ZIP file unpacks to more than is taken."
                )
                return
            except UNREADABLE:
                yield Failed(file=name, number=0, code="damaged", detail="This file of the ZIP file is damaged.")


class _Reading(Struct, frozen=True, kw_only=True):
    bounds: Bounds
    now: datetime
    picture: Picture
    name: str = ""


def _of_member(file: IO[bytes], reading: _Reading) -> Iterator[Item | Failed]:
    """Of a file in an archive, unless it is about something else, such as the account."""
    is_meant = reading.name.startswith(_CALLED)
    for item in _of_file(file, reading):
        is_meant = is_meant or isinstance(item, Item)
        if is_meant:
            yield item


def _of_file(file: IO[bytes], reading: _Reading) -> Iterator[Item | Failed]:
    for one in Elements(file, longest=reading.bounds.conversation_bytes, is_wanted=_is_wanted):
        match one:
            case Fault():
                yield Failed(file=reading.name, number=one.number, code=one.code, detail=one.detail)
            case Found(value=value):
                listed = Told(value)["conversations"]
                for held in listed.value if isinstance(listed.value, list) and not is_conversation(value) else (value,):
                    yield _item(one.number, held, reading)


def _is_wanted(value: object) -> bool:
    return is_conversation(value) or any(is_conversation(one.value) for one in Told(value)["conversations"])


def _item(number: int, value: object, reading: _Reading) -> Item | Failed:
    told = Told(value)

    def failed(code: str, detail: str) -> Failed:
        named = told["conversation_id"].text or told["uuid"].text or told["conversationId"].text or told["id"].text
        title = short(told["title"].text or told["name"].text)
        return Failed(file=reading.name, number=number, code=code, detail=detail, id=short(named), title=title)

    try:
        found = read(value, _fitting(reading.picture, reading.bounds.conversation_bytes), reading.now)
    except (ValueError, RecursionError) as error:
        return failed("invalid", f"It is not as its format says: {str(error)[:300]}")
    if found is None:
        return failed("unrecognised", "It is no conversation of ours, ChatGPT, Claude, Open WebUI or LibreChat.")
    if len(found.document.messages) > reading.bounds.messages:
        return failed("too_many_messages", f"It has more than {reading.bounds.messages:,} messages.")
    if not found.document.messages and found.source != "chimera":
        return failed("empty", "It has no messages that anybody would see.")
    return Item(file=reading.name, number=number, read=found)


def _fitting(picture: Picture, most_bytes: int) -> Picture:
    """Finds the pictures of one conversation while they fit; one that is named again is counted again."""
    left = most_bytes

    def found(name: str) -> bytes | None:
        nonlocal left
        content = picture(name) if left else None
        if content is None or len(content) > left:
            return None
        left -= len(content)
        return content

    return found
