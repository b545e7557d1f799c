"""What providers tell of their prices beside tokens, each in its own way, as `Billing`. Pure."""

from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Final

from msgspec import Raw, Struct

from chimera.kit.money import NUSD

_LARGEST_USD: Final = Decimal(1_000_000)
# All names of what has no price of its own: OpenAI, Anthropic, Groq.
_USUAL: Final = frozenset({"", "auto", "default", "standard", "standard_only", "on_demand", "scale"})


class Details(Struct, frozen=True, gc=False):
    """`prompt_tokens_details`, `input_tokens_details`, `input_token_details`, …"""

    audio_tokens: int | None = None
    image_tokens: int | None = None


def tier_of(told: object) -> str:
    """Return the name of a way to be served that has its own price; empty for the usual one."""
    return told if isinstance(told, str) and told not in _USUAL else ""


def nusd_of(told: Raw) -> int | None:
    """Return an amount of USD, as JSON wrote it, in nano-USD, rounded up; `None` for what is none."""
    try:
        amount = Decimal(bytes(told).decode())
    except (InvalidOperation, UnicodeDecodeError):
        return None
    if not amount.is_finite() or not 0 <= amount < _LARGEST_USD:
        return None
    return int((amount * NUSD).to_integral_value(ROUND_CEILING))
