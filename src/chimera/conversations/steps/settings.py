"""Which steps are taken in a conversation: what it says itself, and else what its organisation does."""

from typing import Final

import msgspec
from msgspec import Struct

from chimera.policies.sections.steps import StepsPolicy, Way


class OwnSteps(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a conversation says itself; `None` leaves it to the organisation."""

    titles: bool | None = None
    intent: Way | None = None
    references: Way | None = None
    clarifying: bool | None = None
    recap_every: int | None = None


class Switches(Struct, frozen=True, kw_only=True):
    """What holds.

    Attributes:
        model: Who is asked; `None`: nobody.
    """

    titles: bool
    intent: Way
    references: Way
    clarifying: bool
    recap_every: int
    model: str | None


_OWN: Final = msgspec.json.Decoder(OwnSteps)


def encode_own(own: OwnSteps) -> str | None:
    return None if own == OwnSteps() else msgspec.json.encode(own).decode()


def decode_own(kept: str | None) -> OwnSteps:
    return OwnSteps() if kept is None else _OWN.decode(kept)


def switches_of(policy: StepsPolicy, own: OwnSteps, model: str | None) -> Switches:
    """What holds in a conversation.

    Args:
        policy: The organisation's.
        own: The conversation's.
        model: The operator's cheap one.
    """
    said = {name: getattr(own, name) for name in OwnSteps.__struct_fields__}
    held = {name: getattr(policy, name) if value is None else value for name, value in said.items()}
    return Switches(**held, model=policy.model or model)
