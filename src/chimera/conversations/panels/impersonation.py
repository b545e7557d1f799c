"""Words that a model writes for somebody else, cut while it writes them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from chimera.conversations.panels.headers import CLOSE, OPEN
from chimera.conversations.panels.state import Role

_LONGEST_MARKS: Final = 8
_LONGEST_LINE: Final = 64
_ENDS: Final = re.compile("[\n\r]")
_MARKS: Final = " \t*_>#@[(⟦【〚"
_CLOSING: Final = " \t*_])⟧】〛"
# These speak about what others said, and list it under their names.
_REPORTING: Final[frozenset[Role]] = frozenset({"review", "synthesis", "verdict"})


@dataclass(slots=True)
class Cutter:
    """Passes an answer on as it comes, without its speaker's own header, up to a line with which another's begin.

    Such a line is a header (`⟦Bob⟧`, whatever name stands in it), or `[Bob]` alone or `Bob:` with the name of somebody
    who is there. Whoever reports may write the last two. The beginning of a line is held back until it is none;
    white space before the first word is dropped.

    Attributes:
        own: The speaker's name.
        others: Everybody else's.
        cut: Whose words the answer went on with; `None` while it has not. After that nothing is passed on.
    """

    own: str
    others: Iterable[str]
    role: Role = "answer"
    cut: str | None = None
    _held: str = ""
    _is_inside: bool = False
    _has_begun: bool = False
    _names: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        self._names = {name.casefold(): name for name in (*self.others, self.own)}

    def feed(self, text: str) -> str:
        """Return what may be shown by now."""
        self._held += text
        return self._shown(is_whole=False)

    def close(self) -> str:
        """Return what was held back, at the end of the answer."""
        return self._shown(is_whole=True)

    def _shown(self, *, is_whole: bool) -> str:
        shown: list[str] = []
        while self._held and self.cut is None:
            piece = self._rest_of_line() if self._is_inside else self._beginning(is_whole=is_whole)
            if piece is None:
                break
            if not self._has_begun:
                piece = piece.lstrip()
                self._has_begun = bool(piece)
            shown.append(piece)
        if self.cut is not None:
            self._held = ""
        return "".join(shown)

    def _rest_of_line(self) -> str:
        end = _ENDS.search(self._held)
        place = end.end() if end else len(self._held)
        self._is_inside = end is None
        rest, self._held = self._held[:place], self._held[place:]
        return rest

    def _beginning(self, *, is_whole: bool) -> str | None:
        """Judge the beginning of a line: pass it, swallow it, cut there; `None` where more must be heard."""
        end = _ENDS.search(self._held)
        line = self._held[: end.start()] if end else self._held
        if end is None and not is_whole and self._may_become_header(line):
            return None
        found = self._header(line)
        if found is None:
            self._is_inside = True
            return ""
        name, length = found
        if name.casefold() != self.own.casefold():
            self.cut = name
            return ""
        if self._has_begun:
            self._is_inside = True
        else:
            # Its own, before anything else was said: the transcript has one already.
            self._held = self._held[length:]
        return ""

    def _header(self, line: str) -> tuple[str, int] | None:
        """Whose words the line begins, and how many characters say so."""
        line = line[: _LONGEST_LINE + 1]
        bare = line.lstrip(_MARKS)
        marks = line[: len(line) - len(bare)]
        if len(marks) > _LONGEST_MARKS:
            return None
        if OPEN in marks:
            name, closed, _ = bare.partition(CLOSE)
            if not closed:
                return self._names.get(bare.strip().casefold(), bare.strip()[:_LONGEST_LINE] or "?"), len(line)
            rest = bare[len(name) + 1 :]
            length = len(line) - len(rest.lstrip(" \t:"))
            return self._names.get(name.strip().casefold(), name.strip()[:_LONGEST_LINE] or "?"), length
        return None if self.role in _REPORTING else self._spoken_as(line, bare, marks)

    def _spoken_as(self, line: str, bare: str, marks: str) -> tuple[str, int] | None:
        for folded, name in self._names.items():
            if bare[: len(name)].casefold() != folded:
                continue
            tail = bare[len(name) :]
            after = tail.lstrip(_CLOSING)
            if after.startswith((":", "\uff1a")):
                return name, len(line) - len(after) + 1
            if not after and any(mark in marks for mark in "[(【〚") and tail.strip():
                return name, len(line)
        return None

    def _may_become_header(self, line: str) -> bool:
        if len(line) > _LONGEST_LINE:
            return False
        bare = line.lstrip(_MARKS)
        if len(line) - len(bare) > _LONGEST_MARKS:
            return False
        if OPEN in line[: len(line) - len(bare)]:
            return not bare.partition(CLOSE)[2].strip(" \t:")
        if not bare:
            return True
        folded = bare.casefold()
        return any(
            name.startswith(folded) or (folded.startswith(name) and not folded[len(name) :].strip(_CLOSING))
            for name in self._names
        )
