"""Members of a body read one by one: what an item or a tool is depends on its `type`. Pure."""

from typing import TypeVar

import msgspec
from msgspec import Raw, Struct

from chimera.wires.bodies import decode_body

T = TypeVar("T")


class _Typed(Struct, frozen=True, gc=False):
    type: str | None = None


class _Item(Struct, frozen=True, gc=False):
    type: str | None = None
    role: str | None = None
    id: str | None = None


_typed = msgspec.json.Decoder(_Typed)
_item = msgspec.json.Decoder(_Item)


def type_of(raw: bytes | Raw, path: str) -> str | None:
    """Return the member `type` of an object, or raise as `decode_body`."""
    return decode_body(raw, _typed, at=path).type


def kind_of(raw: bytes | Raw, path: str) -> str:
    """Return the type of an item, or raise as `decode_body`; those that leave it out are messages or references."""
    told = decode_body(raw, _item, at=path)
    return told.type or ("message" if told.role or not told.id else "item_reference")


def read_at(decoder: msgspec.json.Decoder[T], raw: bytes | Raw, path: str) -> T:
    """Return what the JSON at this path of the body says, or raise as `decode_body`."""
    return decode_body(raw, decoder, at=path)
