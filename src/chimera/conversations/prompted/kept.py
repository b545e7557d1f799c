"""What a conversation keeps of its persona, so that it stays as it was when that is changed or deleted."""

from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct

from chimera.prompts.bodies import PersonaBody


class Cast(Struct, frozen=True, kw_only=True):
    """A persona as it was when the conversation began; what it is told became the conversation's settings."""

    id: UUID
    version: int
    name: str
    avatar: str
    colour: str
    greeting: str
    starters: tuple[str, ...]

    @classmethod
    def of(cls, id: UUID, version: int, name: str, body: PersonaBody) -> "Cast":
        return cls(
            id=id,
            version=version,
            name=name,
            avatar=body.avatar,
            colour=body.colour,
            greeting=body.greeting,
            starters=body.starters,
        )


_CAST: Final = msgspec.json.Decoder(Cast)


def encode_cast(cast: Cast) -> str:
    return msgspec.json.encode(cast).decode()


def decode_cast(kept: str | None) -> Cast | None:
    return None if kept is None else _CAST.decode(kept)
