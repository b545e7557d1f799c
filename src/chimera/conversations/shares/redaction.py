"""What a share shows of messages: told anew each time, and nothing that was left out is ever in it. Pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, assert_never

from msgspec import Struct

from chimera.conversations.encoding import decode_parts, decode_spoken
from chimera.conversations.fields import IMAGE_TYPES
from chimera.conversations.panels.state import PRIVATE
from chimera.conversations.shares.masking import masked, masked_json
from chimera.conversations.states import MessageStatus
from chimera.conversations.tables import MessageRow
from chimera.llm import Document, Image, Part, Text, Thinking, ToolCall, ToolResult, split_data_url


class Omission(StrEnum):
    """What may be left out."""

    SYSTEM_PROMPT = "system_prompt"
    THINKING = "thinking"
    TOOL_CALLS = "tool_calls"
    TOOL_RESULTS = "tool_results"
    ATTACHMENTS = "attachments"
    MODELS = "models"
    COSTS = "costs"
    SHARER = "sharer"


USUAL: Final = (
    *(Omission.SYSTEM_PROMPT, Omission.THINKING, Omission.TOOL_RESULTS),
    *(Omission.ATTACHMENTS, Omission.COSTS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """What is kept from whoever holds the link."""

    left_out: frozenset[Omission]
    masked: bool

    def covered(self, text: str) -> str:
        return masked(text) if self.masked else text

    def covered_json(self, text: str) -> str:
        return masked_json(text) if self.masked else text

    def without(self, what: Omission) -> bool:
        return what in self.left_out


class Shown(Struct, frozen=True, kw_only=True):
    """A message as it is shown, under no id.

    Attributes:
        speaker: Which participant of a panel said it.
        left_out: What there was of it besides.
    """

    role: str
    parts: tuple[Part, ...]
    status: MessageStatus
    speaker: str | None
    model: str | None
    cost_nusd: int | None
    created_at: datetime
    left_out: tuple[Omission, ...] = ()


def redaction_of(left_out: Collection[str], *, is_masked: bool) -> Redaction:
    """As it was kept. A name that is not known any more leaves out everything that can be."""
    known = {one.value for one in Omission}
    chosen = frozenset(Omission(name) for name in left_out if name in known)
    return Redaction(left_out=chosen if known.issuperset(left_out) else frozenset(Omission), masked=is_masked)


def shown(path: Sequence[MessageRow], redaction: Redaction) -> list[Shown]:
    """What is shown of the messages of a branch, in their order."""
    calls: dict[str, str] = {}
    return [_shown(row, redaction, calls) for row in path if not _is_aside(row)]


def _is_aside(row: MessageRow) -> bool:
    spoken = decode_spoken(row.speech)
    return spoken is not None and (spoken.role in PRIVATE or spoken.replaced)


def _shown(row: MessageRow, redaction: Redaction, calls: dict[str, str]) -> Shown:
    gone: list[Omission] = []
    kept = [part for part in decode_parts(row.parts) if not _is_gone(part, redaction, gone)]
    spoken = decode_spoken(row.speech)
    return Shown(
        role=row.role,
        parts=tuple(_part(part, redaction, calls) for part in _joined(kept)),
        status=MessageStatus(row.status),
        speaker=None if spoken is None else redaction.covered(spoken.handle),
        model=None if redaction.without(Omission.MODELS) else row.model,
        cost_nusd=None if redaction.without(Omission.COSTS) else row.cost_nusd,
        created_at=row.created_at,
        left_out=tuple(dict.fromkeys(gone)),
    )


def _is_gone(part: Part, redaction: Redaction, gone: list[Omission]) -> bool:
    """Whether a part is not shown; why, is added to `gone`."""
    why = _why_gone(part, redaction)
    if why is not None:
        gone.append(why)
    return why is not None or (isinstance(part, Thinking) and not part.text)


def _why_gone(part: Part, redaction: Redaction) -> Omission | None:
    match part:
        case Text():
            return None
        case Thinking():
            why = Omission.THINKING
            return why if redaction.without(why) and part.text else None
        case ToolCall():
            why = Omission.TOOL_CALLS
        case ToolResult():
            # Without its call nobody could say of what it is the result.
            why = Omission.TOOL_CALLS if redaction.without(Omission.TOOL_CALLS) else Omission.TOOL_RESULTS
        case Image():
            why = Omission.ATTACHMENTS
            return why if redaction.without(why) or not is_held(part) else None
        case Document():
            why = Omission.ATTACHMENTS
        case _:
            assert_never(part)
    return why if redaction.without(why) else None


def is_held(picture: Image) -> bool:
    """Whether its bytes are here: one that lies elsewhere would tell its house who looks."""
    data = split_data_url(picture.url)
    return data is not None and data[0] in IMAGE_TYPES


def _joined(parts: Sequence[Part]) -> Iterator[Part]:
    """Texts that follow each other as one: what is cut between them is found there."""
    said: list[str] = []
    for part in parts:
        if isinstance(part, Text):
            said.append(part.text)
            continue
        if said:
            yield Text(text="".join(said))
            said.clear()
        yield part
    if said:
        yield Text(text="".join(said))


def _part(part: Part, redaction: Redaction, calls: dict[str, str]) -> Part:
    """With nothing that is not read: no signatures, citations, addresses or ids of providers."""
    match part:
        case Text():
            return Text(text=redaction.covered(part.text))
        case Thinking():
            return Thinking(text=redaction.covered(part.text))
        case Image():
            return Image(url=part.url)
        case Document():
            return Document(url="", name=redaction.covered(part.name or ""))
        case ToolCall():
            name, arguments = redaction.covered(part.name), redaction.covered_json(part.arguments)
            return ToolCall(id=_named(part.id, calls), name=name, arguments=arguments)
        case ToolResult():
            text = "".join(piece.text for piece in part.parts if isinstance(piece, Text))
            covered = Text(text=redaction.covered_json(text))
            return ToolResult(call_id=_named(part.call_id, calls), parts=(covered,), is_error=part.is_error)
        case _:
            assert_never(part)


def _named(id: str, calls: dict[str, str]) -> str:
    return calls.setdefault(id, f"call_{len(calls) + 1}")
