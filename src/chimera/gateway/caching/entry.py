"""An answer that is kept: what of it, and how it is given again. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct, msgpack

from chimera.kit.ids import new_id
from chimera.llm import (
    Cited,
    Embedded,
    Event,
    Finished,
    FinishReason,
    Started,
    TextDelta,
    ThinkingDelta,
    Usage,
    UsageReported,
)

LARGEST = 256 * 1024
# About what providers put into a few frames: a reader sees text grow, and a long answer is not a thousand writes.
_PIECE = 160
_WRAPPING = 160
_KEPT = (TextDelta, Cited, ThinkingDelta, Embedded)


class Entry(Struct, frozen=True, kw_only=True):
    """One answer.

    Attributes:
        owner_id: Who may get it; `None` for everybody of the organisation.
        provider: Who answered, with `model`.
        named: What the provider called the model.
        lost: What the provider could not be told.
        events: The answer, in pieces, without its beginning and its usage.
        usage: What it took.
        cost_nusd: What it cost, as far as is known.
    """

    id: UUID
    tenant_id: UUID
    owner_id: UUID | None
    partition: bytes
    key: bytes
    provider: str
    model: str
    named: str
    lost: tuple[str, ...]
    events: tuple[Event, ...]
    usage: Usage
    cost_nusd: int
    created_at: datetime
    expires_at: datetime

    @property
    def weight(self) -> int:
        """Bytes of memory, about."""
        return 1000 + sum(weight_of(event) for event in self.events)

    def replayed(self) -> Iterator[Event]:
        """The answer once more, as another: with an id of its own, and no token used."""
        yield Started(id=new_id().hex, model=self.named, lost=self.lost)
        *pieces, finished = self.events
        yield from pieces
        yield UsageReported(usage=Usage())
        yield finished


_entry = msgpack.Decoder(Entry)
_encoder = msgpack.Encoder()


def packed(entry: Entry) -> bytes:
    return _encoder.encode(entry)


def unpacked(data: bytes) -> Entry | None:
    """Read what `packed` gave; `None` for what another version of the program wrote."""
    try:
        return _entry.decode(data)
    except msgspec.DecodeError:
        return None


def weight_of(event: Event) -> int:
    """Bytes of memory that an event takes, about."""
    match event:
        case TextDelta() | ThinkingDelta():
            return _WRAPPING + 2 * len(event.text)
        case Embedded():
            return _WRAPPING + sum(32 * len(vector) for vector in event.vectors)
        case Cited():
            return 8 * _WRAPPING + 2 * len(event.citation.quote or "") + 2 * len(event.citation.source or "")
        case _:
            return _WRAPPING


def pieces(heard: Iterable[Event]) -> tuple[Event, ...] | None:
    """What is kept of an answer; `None` if it must not be given again.

    Only a whole one is: ended by the model itself, without tool calls, refusal, or bytes that nobody read.
    """
    kept: list[Event] = []
    for event in heard:
        if isinstance(event, Finished):
            return (*_in_pieces(kept), event) if event.reason is FinishReason.STOP and kept else None
        if isinstance(event, Started | UsageReported):
            continue
        if not isinstance(event, _KEPT) or (isinstance(event, TextDelta) and event.refusal):
            return None
        kept.append(event)
    return None


def _in_pieces(kept: Sequence[Event]) -> Iterator[Event]:
    """Join neighbouring texts, and cut them again where words end."""
    gathered: list[str] = []
    starts_part = False
    for event in kept:
        if isinstance(event, TextDelta) and not event.starts_part:
            gathered.append(event.text)
            continue
        yield from _cut("".join(gathered), starts_part=starts_part)
        gathered, starts_part = [], False
        if isinstance(event, TextDelta):
            gathered, starts_part = [event.text], True
        else:
            yield event
    yield from _cut("".join(gathered), starts_part=starts_part)


def _cut(text: str, *, starts_part: bool) -> Iterator[TextDelta]:
    begun = 0
    while begun < len(text):
        end = text.find(" ", begun + _PIECE, begun + 2 * _PIECE)
        end = min(begun + 2 * _PIECE, len(text)) if end < 0 else end + 1
        yield TextDelta(text=text[begun:end], starts_part=starts_part and begun == 0)
        begun = end
