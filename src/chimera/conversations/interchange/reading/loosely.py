"""JSON as others write it: nested deeper than parsers like, with halves of characters and bytes that are none. Pure."""

import json
import re
from typing import Final

import msgspec

DEEPEST: Final = 20_000
_SPACE: Final = re.compile(r"[ \t\r\n]*+")
_STRING: Final = re.compile(r'"[^"\\]*+(?:\\.?[^"\\]*+)*+"', re.DOTALL)
_ATOM: Final = re.compile(r"[^\s,:{}\[\]\"]++")
_LOOSE: Final = json.JSONDecoder(strict=False)


class UnreadableError(ValueError):
    """It is no JSON, however loosely it is read."""


def decode(raw: bytes) -> object:
    """Read one JSON value.

    Raises:
        UnreadableError: if it is none, or nested deeper than 20,000 levels.
    """
    try:
        return msgspec.json.decode(raw)
    except RecursionError:
        return _nested(raw.decode("utf-8", "replace"))
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    text = raw.decode("utf-8", "replace")
    try:
        return _LOOSE.decode(text)
    except RecursionError:
        return _nested(text)
    except ValueError as error:
        raise UnreadableError(str(error)) from error


class _Nest:
    """Builds a value without recursion: whoever is nested waits on a stack."""

    def __init__(self) -> None:
        self.root: list[object] = []
        self._open: list[list[object] | dict[str, object]] = [self.root]
        self._name: str | None = None
        self._names: list[str | None] = []

    @property
    def is_done(self) -> bool:
        return len(self._open) == 1 and bool(self.root)

    @property
    def awaits_name(self) -> bool:
        return isinstance(self._open[-1], dict) and self._name is None

    def name(self, name: str) -> None:
        self._name = name

    def put(self, value: object) -> None:
        holder = self._open[-1]
        if isinstance(holder, list):
            holder.append(value)
        else:
            if self._name is None:
                raise UnreadableError("a value without a name")
            holder[self._name], self._name = value, None

    def begin(self, value: list[object] | dict[str, object]) -> None:
        self.put(value)
        if len(self._open) > DEEPEST:
            raise UnreadableError("nested too deeply")
        self._open.append(value)

    def end(self, kind: type) -> None:
        if len(self._open) == 1 or not isinstance(self._open.pop(), kind):
            raise UnreadableError("a bracket that closes nothing")


def _nested(text: str) -> object:
    nest, at = _Nest(), 0
    while True:
        space = _SPACE.match(text, at)
        at = space.end() if space else at
        if at >= len(text):
            break
        at = _step(nest, text, at)
    if not nest.is_done or len(nest.root) != 1:
        raise UnreadableError("it ends too early")
    return nest.root[0]


def _step(nest: _Nest, text: str, at: int) -> int:
    match text[at]:
        case "{":
            nest.begin({})
        case "[":
            nest.begin([])
        case "}":
            nest.end(dict)
        case "]":
            nest.end(list)
        case "," | ":":
            pass
        case '"':
            return _string(nest, text, at)
        case _:
            return _atom(nest, text, at)
    return at + 1


def _string(nest: _Nest, text: str, at: int) -> int:
    found = _STRING.match(text, at)
    if found is None:
        raise UnreadableError("a text without an end")
    value = str(_decoded(found.group()))
    if nest.awaits_name:
        nest.name(value)
    else:
        nest.put(value)
    return found.end()


def _atom(nest: _Nest, text: str, at: int) -> int:
    found = _ATOM.match(text, at)
    if found is None:
        raise UnreadableError("what is no value")
    nest.put(_decoded(found.group()))
    return found.end()


def _decoded(token: str) -> object:
    try:
        return _LOOSE.decode(token)
    except ValueError as error:
        raise UnreadableError(str(error)) from error
