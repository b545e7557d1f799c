"""The journal of a turn: numbered entries, from which the answer can be told again at any time. Pure.

`turn.started (text.delta | thinking.delta | tool_call.delta | usage)* turn.finished`, or, where a panel speaks,
`turn.started (speech.started | speech.delta | speech.finished)* panel.stopped? turn.finished`

Entries whose key was destroyed are `lost`.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chimera.conversations.states import MessageStatus, TurnStatus
from chimera.llm import Answer, Event, TextDelta, ThinkingDelta, ToolCallDelta, UsageReported, fold


class TurnStarted(Struct, frozen=True, kw_only=True, tag="turn.started"):
    turn_id: UUID
    conversation_id: UUID
    user_message_id: UUID
    message_id: UUID
    model: str


class TurnFinished(Struct, frozen=True, kw_only=True, tag="turn.finished"):
    """The last entry. The message itself is not repeated here; a reader fetches it."""

    status: TurnStatus
    model: str
    finish_reason: str | None = None
    title: str = ""


class Lost(Struct, frozen=True, kw_only=True, tag="lost"):
    """Some entry, of which nobody knows any more what it said. Never written."""


Heard: TypeAlias = TextDelta | ThinkingDelta | ToolCallDelta | UsageReported


class SpeechStarted(Struct, frozen=True, kw_only=True, tag="speech.started"):
    """A participant has the word; several may have it at once."""

    message_id: UUID
    participant_id: UUID
    handle: str
    model: str
    role: str
    round: int
    why: str


class SpeechDelta(Struct, frozen=True, kw_only=True, tag="speech.delta"):
    """More of one of the speeches."""

    message_id: UUID
    heard: Heard


class SpeechFinished(Struct, frozen=True, kw_only=True, tag="speech.finished"):
    """A speech is over; `impersonated` names for whom the model went on to write, which was cut."""

    message_id: UUID
    status: MessageStatus
    finish_reason: str | None = None
    impersonated: str | None = None


class PanelStopped(Struct, frozen=True, kw_only=True, tag="panel.stopped"):
    """Why nobody speaks next."""

    reason: str
    why: str


OfPanel: TypeAlias = SpeechStarted | SpeechDelta | SpeechFinished | PanelStopped
Entry: TypeAlias = Heard | TurnStarted | TurnFinished | OfPanel | Lost

_ENCODER: Final = msgspec.json.Encoder()
_ENTRY: Final[msgspec.json.Decoder[Entry]] = msgspec.json.Decoder(Entry)


class Numbered(Struct, frozen=True):
    """An entry and its place in the journal: 1, 2, 3, …"""

    seq: int
    entry: Entry


def encode_entry(entry: Entry) -> str:
    return _ENCODER.encode(entry).decode()


def decode_entry(payload: str) -> Entry:
    return _ENTRY.decode(payload)


def numbered(entries: Iterable[Entry], first: int) -> list[Numbered]:
    return [Numbered(seq, entry) for seq, entry in enumerate(entries, first)]


def heard(entries: Iterable[Entry]) -> list[Heard]:
    """Those entries that tell the answer."""
    return [entry for entry in entries if not isinstance(entry, TurnStarted | TurnFinished | OfPanel | Lost)]


def heard_of(entries: Iterable[Entry], message_id: UUID) -> list[Heard]:
    """Those entries that tell one speech of a panel."""
    return [entry.heard for entry in entries if isinstance(entry, SpeechDelta) and entry.message_id == message_id]


def unfinished(entries: Iterable[Entry]) -> list[SpeechStarted]:
    """The speeches that were begun and not ended."""
    begun: dict[UUID, SpeechStarted] = {}
    for entry in entries:
        if isinstance(entry, SpeechStarted):
            begun[entry.message_id] = entry
        elif isinstance(entry, SpeechFinished):
            begun.pop(entry.message_id, None)
    return list(begun.values())


def replay(entries: Iterable[Entry]) -> Answer:
    """The answer as far as it was journaled."""
    return fold(heard(entries))


class Coalescer:
    """Gathers what is heard between two writes into as few entries as say the same.

    Pieces of a run are joined when they are taken, not when they come: joining each time would cost the square of the
    answer's length when the database is slow.
    """

    def __init__(self) -> None:
        self._runs: list[list[Heard]] = []

    def __bool__(self) -> bool:
        return bool(self._runs)

    def add(self, event: Event) -> None:
        """Take note of an event. `Started` and `Finished` are not heard in the journal: it has its own."""
        if not isinstance(event, TextDelta | ThinkingDelta | ToolCallDelta | UsageReported):
            return
        if self._runs and _joins(self._runs[-1], event):
            self._runs[-1].append(event)
        else:
            self._runs.append([event])

    def take(self) -> list[Heard]:
        """Return what was gathered, and begin anew."""
        runs, self._runs = self._runs, []
        return [_joined(run) for run in runs]


def _joins(run: list[Heard], later: Heard) -> bool:
    first = run[0]
    match run[-1], later:
        case TextDelta() as earlier, TextDelta():
            return earlier.refusal is later.refusal and not later.starts_part
        case ThinkingDelta() as earlier, ThinkingDelta():
            assert isinstance(first, ThinkingDelta)
            return earlier.signature is None and later.id in {None, first.id}
        case ToolCallDelta() as earlier, ToolCallDelta():
            return earlier.index == later.index
        case earlier, _:
            return type(earlier) is type(later)


def _joined(run: list[Heard]) -> Heard:
    """One entry that says what the whole run says: folding it gives what folding the run gives."""
    first, last = run[0], run[-1]
    match last:
        case TextDelta():
            return replace(first, text="".join(piece.text for piece in run if isinstance(piece, TextDelta)))
        case ThinkingDelta():
            text = "".join(piece.text for piece in run if isinstance(piece, ThinkingDelta))
            assert isinstance(first, ThinkingDelta)
            return replace(last, text=text, id=first.id)
        case ToolCallDelta():
            assert isinstance(first, ToolCallDelta)
            calls = [piece for piece in run if isinstance(piece, ToolCallDelta)]
            return ToolCallDelta(
                index=first.index,
                id=first.id,
                name=first.name,
                arguments="".join(piece.arguments for piece in calls),
                signature=next((piece.signature for piece in calls if piece.signature), None),
            )
        case UsageReported():
            return last
