"""What a label stands for: one version, or several among which conversations are divided by lot. Pure."""

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct

from chimera.kit.lots import is_drawn

PRODUCTION: Final = "production"
"""Taken where somebody uses a prompt and names neither version nor label, if there is one."""
LATEST: Final = "latest"
"""Stands for the newest version, without anybody having said so."""


class Target(Struct, frozen=True, kw_only=True):
    """A version, and its share of the conversations beside the weights of the others."""

    version: int
    weight: int = 1


_TARGETS: Final = msgspec.json.Decoder(tuple[Target, ...])


def encode_targets(targets: Sequence[Target]) -> str:
    return msgspec.json.encode(sorted(targets, key=lambda one: one.version)).decode()


def decode_targets(kept: str) -> tuple[Target, ...]:
    return _TARGETS.decode(kept)


def drawn(targets: Sequence[Target], lot: str) -> int:
    """The version for a lot: always the same for the same weights, on every replica.

    A lot leaves its version only for one whose share grew.
    """
    ordered = sorted((one for one in targets if one.weight > 0), key=lambda one: one.version)
    total, below = sum(one.weight for one in ordered), 0
    for one in ordered[:-1]:
        below += one.weight
        if is_drawn(lot, below / total):
            return one.version
    return ordered[-1].version
