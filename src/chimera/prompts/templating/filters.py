"""What templates may do to values: pure functions, none of which makes much out of little."""

import json
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from jinja2 import Undefined

Filter: TypeAlias = Callable[..., object]
_MOST_CHARACTERS: Final = 1_000_000


def _text(value: object) -> str:
    if isinstance(value, Undefined):
        str(value)  # raises, naming the variable
    return shown(value)


def shown(value: object) -> str:
    """A value as it is written into a prompt: nothing for null, JSON for lists and objects."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() | dict():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def _default(value: object, instead: object = "") -> object:
    return instead if isinstance(value, Undefined) or value is None else value


def _join(value: list[object], between: str = ", ") -> str:
    if len(value) * len(between) > _MOST_CHARACTERS:
        raise ValueError("`join` makes too much of it")
    return between.join(map(_text, value))


def _replace(value: object, old: str, new: str) -> str:
    text = _text(value)
    if not old:
        raise ValueError("`replace` needs something to look for")
    if len(text) + text.count(old) * len(new) > _MOST_CHARACTERS:
        raise ValueError("`replace` makes too much of it")
    return text.replace(old, new)


def _indent(value: object, width: int = 4) -> str:
    lines = _text(value).split("\n")
    return ("\n" + " " * min(max(width, 0), 32)).join(lines)


def _truncate(value: object, length: int = 255) -> str:
    text = _text(value)
    return text if len(text) <= length else text[: max(length - 1, 0)] + "…"


def _sort(value: list[object]) -> list[object]:
    return sorted(value)  # type: ignore[type-var]  # a TypeError is told as whoever wrote the template can read it


FILTERS: Final[Mapping[str, Filter]] = {
    "upper": lambda value: _text(value).upper(),
    "lower": lambda value: _text(value).lower(),
    "capitalize": lambda value: _text(value).capitalize(),
    "trim": lambda value: _text(value).strip(),
    "default": _default,
    "join": _join,
    "length": len,
    "first": lambda value: value[0] if value else "",
    "last": lambda value: value[-1] if value else "",
    "replace": _replace,
    "round": lambda value, digits=0: round(value, digits) if digits else round(value),
    "sort": _sort,
    "tojson": lambda value: json.dumps(value, ensure_ascii=False),
    "indent": _indent,
    "truncate": _truncate,
}
TESTS: Final = frozenset(
    {"defined", "undefined", "none", "string", "number", "boolean", "sequence", "mapping", "odd", "even", "in", "true"}
    | {"false", "eq", "ne", "lt", "le", "gt", "ge"}
)
