"""Google's two spellings of one name: bodies may be written in camelCase, in snake_case, or in both."""

import re

import msgspec

from chimera.wires.bodies import decode_body

_anything: msgspec.json.Decoder[object] = msgspec.json.Decoder(object)
_SNAKE = re.compile(rb'"[a-z]+(?:_[a-z0-9]+)+"\s*:')
_HUMP = re.compile(r"(?<=[a-z0-9])_([a-z0-9])")
# What lies below these belongs to the user: names of arguments, of properties.
_OF_THE_USER = frozenset({
    "args", "response", "parameters", "parametersJsonSchema", "responseSchema", "responseJsonSchema", "labels",
})  # fmt: skip


def in_camel_case(body: bytes) -> bytes:
    """Return a JSON body with every name of Google's in camelCase; most bodies as they are.

    Raises:
        InvalidRequestError: if it cannot be read.
    """
    if not _SNAKE.search(body):
        return body
    return msgspec.json.encode(_renamed(decode_body(body, _anything)))


def _renamed(value: object) -> object:
    if isinstance(value, list):
        return [_renamed(item) for item in value]
    if not isinstance(value, dict):
        return value
    named = {camel(name): inner for name, inner in value.items()}
    return {name: inner if name in _OF_THE_USER else _renamed(inner) for name, inner in named.items()}


def camel(name: str) -> str:
    return _HUMP.sub(lambda match: match[1].upper(), name)
