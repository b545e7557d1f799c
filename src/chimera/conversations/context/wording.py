"""How pins, summaries and excerpts are told to a model: as quotations, which say who spoke and when. Pure."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from chimera.conversations.context.said import Said

_TAGS: Final = (
    "pinned_messages",
    "summary_of_earlier_messages",
    "excerpts_of_earlier_messages",
    "memories_of_other_conversations",
)
PINNED, SUMMARY, EXCERPTS, MEMORIES = _TAGS
# What was said must not end its own quotation.
_TAG: Final = re.compile("|".join(_TAGS))
_WORDS: Final = {
    PINNED: "The user wants these messages to be kept in mind:",
    SUMMARY: "What was said before, in short:",
    MEMORIES: "What the user said of themselves in other conversations, and when. Use it where it helps the answer, "
    "and do not speak of it otherwise. Where this conversation says something else, that holds:",
    EXCERPTS: "From earlier in this conversation, oldest first. Where they differ, later ones hold:",
}


def quoted(tag: str, body: str) -> str:
    """A body in its tags, with a word on what it is."""
    return f"<{tag}>\n{_WORDS[tag]}\n{body}\n</{tag}>"


def within(text: str) -> str:
    """A text that ends no quotation."""
    return _TAG.sub(lambda found: found.group().replace("_", " "), text)


def line(said: Said, text: str) -> str:
    """What somebody said."""
    return f"{said.speaker or said.role}: {within(text)}"


def dated(lines: Iterable[tuple[Said, str]]) -> str:
    """Lines in the order of the path, with the day wherever it changes."""
    told: list[str] = []
    day = None
    for said, text in lines:
        if said.at is not None and said.at.date() != day:
            day = said.at.date()
            told.append(f"[{day:%A, %d %B %Y}]")
        told.append(line(said, text))
    return "\n".join(told)


def shown(tag: str, said: Sequence[tuple[Said, str]]) -> str:
    return quoted(tag, dated(said)) if said else ""
