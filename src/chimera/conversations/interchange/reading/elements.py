"""The members of a huge JSON array, or the lines of JSON Lines, one after the other; damaged ones are passed over.

Memory holds one of them. Strings and numbers are skipped by one match of a regular expression, so that Python looks at
brackets only.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Final

from chimera.conversations.interchange.reading.loosely import UnreadableError, decode

_CHUNK: Final = 256 * 1024
# So many strings at a time: a possessive group would remember none of them, but Python before 3.11.5 does not go back
# where one fails halfway, here in a string that is not in memory to its end: python/cpython#106052.
_TO_BRACKET: Final = re.compile(rb'[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.?[^"\\]*+)*+"[^"{}\[\]]*+){0,1000}', re.DOTALL)
_BETWEEN: Final = re.compile(rb"[\s,]*+")
# Where a member may begin after one that was damaged. A run of commas is looked at from its beginning only.
_AGAIN: Final = re.compile(rb"(?:[}\]\[]|(?<![\s,])[^\S\n]*+[,\n])[\s,]*+(?=\{)")
_MARK: Final = b"\xef\xbb\xbf"
# What is done in vain costs about so many nanoseconds: a byte, a bracket, a place where a member may begin, a byte of
# what turns out to be no JSON. So many of them are spent for each byte of the file, and of the longest member.
_BYTE, _BRACKET, _CANDIDATE, _UNREADABLE = 1, 250, 5_000, 20
_MOST: Final = 40
_DAMAGED: Final = ("damaged", "It is no valid JSON.")


@dataclass(frozen=True, slots=True)
class Found:
    """A member of the file; `number` from 1."""

    number: int
    value: object


@dataclass(frozen=True, slots=True)
class Fault:
    """A member that cannot be read, or a stretch of them."""

    number: int
    code: str
    detail: str


class _Window:
    """The part of the file that is in memory; `at` is where we are in it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.held = b""
        self.at = 0
        self.taken = 0

    @property
    def byte(self) -> bytes:
        return self.held[self.at : self.at + 1]

    def more(self) -> bool:
        """Read on, more each time, so that a long text is not looked at too often. False at the end."""
        piece = self._file.read(max(_CHUNK, len(self.held) - self.at))
        if piece:
            self.held, self.at = self.held[self.at :] + piece, 0
            self.taken += len(piece)
        return bool(piece)


class Elements:
    """Iterate over it, once.

    Args:
        file: Of JSON: an array, one object, or objects one after the other.
        longest: Bytes of the longest member that is taken.
        is_wanted: Whether a value is what the file should consist of: after damage, whatever else is found is only a
            piece of the damaged member.
    """

    def __init__(self, file: IO[bytes], *, longest: int, is_wanted: Callable[[object], bool]) -> None:
        self._window = _Window(file)
        self._longest = longest
        self._is_wanted = is_wanted
        self._work = 0
        self._fault = _DAMAGED

    def __iter__(self) -> Iterator[Found | Fault]:
        self._begin()
        number, is_lost = 1, False
        while self._work <= _MOST * (self._window.taken + self._longest):
            if not is_lost and not self._is_at_member():
                if self._is_over():
                    return
                yield Fault(number, *_DAMAGED)
                number, is_lost = number + 1, True
            if is_lost and not self._go_to_candidate():
                return
            before = self._work
            value, length = self._value()
            if length is None and not is_lost:
                yield Fault(number, *self._fault)
                number, is_lost = number + 1, True
            if length is None or (is_lost and not self._is_wanted(value)):
                # Of a piece of a damaged member nothing is wanted; what cannot be read may hold something that can.
                self._window.at += length - 1 if length else 1
                continue
            self._work = before
            yield Found(number, value)
            number, is_lost = number + 1, False
            self._window.at += length
        yield Fault(number, "given_up", "The file is damaged in too many places: the rest of it was not read.")

    def _begin(self) -> None:
        window = self._window
        window.more()
        if window.held.startswith(_MARK):
            window.at = len(_MARK)
        self._skip_between()
        if window.byte == b"[":
            window.at += 1

    def _is_at_member(self) -> bool:
        self._skip_between()
        return self._window.byte == b"{"

    def _is_over(self) -> bool:
        """Whether nothing follows but the end of the array. Stays before what does."""
        window = self._window
        if window.byte != b"]":
            return not window.byte
        while not window.held[window.at + 1 :].strip():
            if not window.more():
                return True
        return False

    def _skip_between(self) -> None:
        window = self._window
        while True:
            between = _BETWEEN.match(window.held, window.at)
            window.at = between.end() if between else window.at
            if window.byte or not window.more():
                return

    def _go_to_candidate(self) -> bool:
        """Go to where a member may begin. False at the end."""
        window = self._window
        while True:
            found = _AGAIN.search(window.held, window.at)
            self._work += _BYTE * ((found.end() if found else len(window.held)) - window.at)
            if found is not None:
                window.at = found.end()
                self._work += _CANDIDATE
                return True
            # A candidate may begin with the last bracket that is in memory.
            window.at = max(window.at, *(window.held.rfind(mark) for mark in (b"}", b"]", b"[", b",", b"\n")))
            if not window.more():
                return False

    def _value(self) -> tuple[object, int | None]:
        """The object that begins here and its length in bytes; no length if it cannot be read."""
        end = self._end()
        if end is None:
            return None, None
        try:
            return decode(self._window.held[self._window.at : self._window.at + end]), end
        except UnreadableError:
            self._fault = _DAMAGED
            self._work += _UNREADABLE * end
            return None, None

    def _end(self) -> int | None:
        window, length, depth = self._window, 0, 0
        while length <= self._longest:
            found = _TO_BRACKET.match(window.held, window.at + length)
            before, length = length, found.end() - window.at if found else length
            self._work += _BYTE * (length - before) + _BRACKET
            bracket = window.held[window.at + length : window.at + length + 1]
            if bracket in {b"", b'"'}:
                if length == before and not window.more():
                    self._fault = ("damaged", "It has no end.")
                    return None
                continue
            depth += 1 if bracket in {b"{", b"["} else -1
            length += 1
            if depth == 0:
                return length
        self._fault = ("too_large", f"It is larger than {self._longest / 1_048_576:g} MiB, or never ends.")
        return None
