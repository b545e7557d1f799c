"""What one participant is shown of the conversation: its own words as its own, everybody else's as told by the user.

No provider's `name` member is relied on: many ignore it. Each of the others' speeches stands under a header that
nobody's words can forge (see `headers`). Thinking, tool calls and citations stay with whoever had them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from chimera.conversations.panels.cues import cue, instructions
from chimera.conversations.panels.drawing import drawn
from chimera.conversations.panels.headers import escaped, header
from chimera.conversations.panels.participants import PANEL, Participant
from chimera.conversations.panels.settings import Council
from chimera.conversations.panels.state import PRIVATE, Role, Speech, State
from chimera.conversations.panels.steps import Slot
from chimera.conversations.panels.structured import bid_format, choice_format
from chimera.llm import Document, Image, Message, Part, Request, ResponseFormat, Sampling, Text

PARAGRAPH: Final = "\n\n"
# What speakers of a role must not know of each other, though they may come one after another, as after a retry.
_UNHEARD: Final[Mapping[Role, frozenset[Role]]] = {
    "blind": frozenset({"blind", "review", "synthesis"}),
    "opening": frozenset({"opening", "rebuttal", "verdict"}),
    "review": frozenset({"review", "synthesis"}),
}


def request_for(state: State, slot: Slot, *, last: bool = False, sampling: Sampling | None = None) -> Request:
    """Make the question to whoever has the turn; the last message is always the user's.

    Raises:
        LookupError: if the speaker is not on the panel.
    """
    viewer = state.participant(slot.speaker)
    if viewer is None:
        raise LookupError("the speaker is not on the panel")
    names = frozenset((*state.names(), PANEL))
    told = [_told(speech, name, viewer, names) for speech, name in _shown(state, viewer, slot.role)]
    closing = _block(PANEL, (Text(text=cue(state, viewer, slot, last=last)),), frozenset())
    # Providers demand that the user begins.
    opening = [] if told and told[0].role == "user" else [_block(PANEL, (Text(text="You speak first."),), frozenset())]
    return Request(
        model=viewer.model,
        system=(Text(text=instructions(state, viewer)),),
        messages=_alternating([*opening, *told, closing] if told else [closing]),
        sampling=sampling or Sampling(),
        response_format=_format(slot),
    )


def labels(state: State) -> dict[UUID, str]:
    """Under which label each of a council's present answers is shown; lots decide."""
    answered = {speech.author for speech in state.said("blind") if not speech.failed}
    members = drawn(state, "labels", (one for one in state.participants if one.id in answered))
    return {one.id: f"Answer {_letter(place)}" for place, one in enumerate(members)}


def _shown(state: State, viewer: Participant, role: Role) -> Iterator[tuple[Speech, str]]:
    """What the viewer may know of, each with the name that is put above it."""
    first = len(state.spoken) - len(state.current)
    unheard = _UNHEARD.get(role, frozenset())
    given = labels(state) if isinstance(state.policy, Council) and role in {"review", "synthesis"} else {}
    current = [speech for speech in state.current if speech.author == viewer.id or speech.role not in unheard]
    for speech in (*state.spoken[:first], *_in_order_of_labels(current, given)):
        if speech.failed or speech.role in PRIVATE:
            continue
        is_current = speech.round > 0 and any(speech is one for one in current)
        yield speech, _name(speech, given if is_current else {})


def _in_order_of_labels(current: Sequence[Speech], given: Mapping[UUID, str]) -> list[Speech]:
    """The order in which answers were finished would tell whose they are."""
    if not given:
        return list(current)
    answers = [speech for speech in current if speech.role == "blind"]
    answers.sort(key=lambda speech: given.get(speech.author, "") if speech.author else "")
    return [*answers, *(speech for speech in current if speech.role != "blind")]


def _name(speech: Speech, given: Mapping[UUID, str]) -> str:
    if not given or speech.author is None:
        return speech.name
    label = given.get(speech.author, speech.name)
    match speech.role:
        case "blind":
            return label
        case "review":
            # Which answer a reviewer did not review would tell whose it is.
            return "Reviewer"
        case _:
            return speech.name


def _told(speech: Speech, name: str, viewer: Participant, names: frozenset[str]) -> Message:
    if speech.author == viewer.id:
        return Message(role="assistant", parts=(Text(text=speech.words),))
    return _block(name, speech.parts, names)


def _block(name: str, parts: Sequence[Part], names: frozenset[str]) -> Message:
    """A speech under its header."""
    words = PARAGRAPH.join(part.text for part in parts if isinstance(part, Text) and part.text.strip())
    seen = tuple(part for part in parts if isinstance(part, Image | Document))
    return Message(role="user", parts=(Text(text=f"{header(name)}\n{escaped(words, names)}"), *seen))


def _alternating(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Neighbours of one role become one message, without empty ones."""
    merged: list[Message] = []
    for message in messages:
        if message.role == "assistant" and not any(isinstance(part, Text) and part.text for part in message.parts):
            continue
        if merged and merged[-1].role == message.role:
            merged[-1] = Message(role=message.role, parts=_joined(merged[-1].parts, message.parts))
        else:
            merged.append(message)
    return tuple(merged)


def _joined(earlier: tuple[Part, ...], later: tuple[Part, ...]) -> tuple[Part, ...]:
    """One text where two meet: some wires put nothing, others a line's end between two parts."""
    if isinstance(last := earlier[-1], Text) and isinstance(first := later[0], Text):
        return (*earlier[:-1], Text(text=last.text + PARAGRAPH + first.text), *later[1:])
    # A header begins a line, wherever its part is put.
    if isinstance(first := later[0], Text):
        return (*earlier, Text(text=PARAGRAPH + first.text), *later[1:])
    return (*earlier, *later)


def _format(slot: Slot) -> ResponseFormat:
    match slot.role:
        case "choice":
            return choice_format(slot.choices)
        case "bid":
            return bid_format()
        case _:
            return "text"


def _letter(place: int) -> str:
    """A, B, …, Z, AA, AB, …"""
    rest, letter = divmod(place, 26)
    return (_letter(rest - 1) if rest else "") + chr(ord("A") + letter)
