"""What a share keeps of its conversation, since that may be changed later, and its own link. JSON text, sealed."""

from typing import Final

import msgspec
from msgspec import Struct


class Frozen(Struct, frozen=True, kw_only=True):
    """As it was when the link was made.

    Attributes:
        token: What the link ends with, so that its maker can copy it again.
    """

    token: str
    title: str
    system_prompt: str | None


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(Frozen)


def encode_frozen(frozen: Frozen) -> str:
    return _ENCODER.encode(frozen).decode()


def decode_frozen(kept: str) -> Frozen:
    return _DECODER.decode(kept)
