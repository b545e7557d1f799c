"""A value of somebody else's JSON, asked without trust: what is missing or of another kind is empty, never an error."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from math import isfinite
from typing import Final

_HALF: Final = re.compile("[\ud800-\udfff]")
_SHORT: Final = 300
# Seconds of the year 2286 are fewer; milliseconds of 1970's first months are more.
_MOST_SECONDS: Final = 1e10
_EARLIEST: Final = datetime(1970, 1, 2, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)


class Told:
    """See the module; wrap the decoded JSON and ask on."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __getitem__(self, name: str) -> "Told":
        return Told(self.value.get(name) if isinstance(self.value, dict) else None)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __iter__(self) -> Iterator["Told"]:
        """The members of a list."""
        return map(Told, self.value if isinstance(self.value, list) else ())

    def members(self) -> Iterator[tuple[str, "Told"]]:
        """The members of an object, in their order."""
        for name, value in self.value.items() if isinstance(self.value, dict) else ():
            yield clean(str(name)), Told(value)

    @property
    def is_object(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, list)

    @property
    def is_text(self) -> bool:
        return isinstance(self.value, str)

    @property
    def text(self) -> str:
        """Words that can be kept and sent: halves of surrogate pairs are replaced, U+0000 is left out."""
        return clean(self.value) if isinstance(self.value, str) else ""

    @property
    def word(self) -> str | None:
        """A short name, on one line; `None` where there is none."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return str(self.value)[:_SHORT]
        return short(self.text) or None

    @property
    def is_true(self) -> bool:
        return self.value is True

    @property
    def count(self) -> int | None:
        """A whole number of things that a column holds."""
        value = self.value
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None

    @property
    def moment(self) -> datetime | None:
        """A moment: Unix time in seconds, milliseconds or finer, or ISO 8601; `None` for what can be none."""
        match self.value:
            case bool():
                return None
            case int() | float():
                return _of_number(self.value)
            case str():
                return _of_text(self.value)
            case _:
                return None


def clean(text: str) -> str:
    """Replace what is no character, and leave U+0000 out."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return _HALF.sub("\ufffd", text)
    return text


def short(text: str) -> str:
    """A name or title: one line, at most 300 characters."""
    return " ".join(text[: _SHORT * 4].split())[:_SHORT].rstrip()


def in_range(moment: datetime) -> datetime | None:
    """The moment in UTC, unless no conversation can have taken place then."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    try:
        aware = aware.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return aware if _EARLIEST <= aware < _LATEST else None


def _of_number(value: float) -> datetime | None:
    try:
        seconds = float(value)
        while isfinite(seconds) and seconds > _MOST_SECONDS:
            seconds /= 1000
        return in_range(datetime.fromtimestamp(seconds, UTC)) if isfinite(seconds) else None
    except (OverflowError, OSError, ValueError):
        return None


def _of_text(value: str) -> datetime | None:
    try:
        return in_range(datetime.fromisoformat(value[:64].strip()))
    except ValueError:
        return None
