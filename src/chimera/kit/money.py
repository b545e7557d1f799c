"""Money: whole nano-USD inside, decimal text outside. Exact: it never passes through a float."""

from decimal import Decimal, InvalidOperation
from typing import Final

NUSD: Final = 1_000_000_000


def usd(nusd: int) -> str:
    """Such as `1.25` and `-0.000000001`: at least two decimals, and no zeros behind them."""
    sign, amount = ("-", -nusd) if nusd < 0 else ("", nusd)
    whole, parts = divmod(amount, NUSD)
    decimals = f"{parts:09d}".rstrip("0").ljust(2, "0")
    return f"{sign}{whole}.{decimals}"


def nusd(usd: str) -> int:
    """Raises ValueError for what is no amount in USD, or finer than a nano-USD."""
    try:
        amount = Decimal(usd) * NUSD
        whole = int(amount)
    except (InvalidOperation, ValueError, OverflowError):
        raise ValueError("must be an amount in USD such as 12.50") from None
    if amount != whole:
        raise ValueError("must not be finer than a billionth of a USD")
    return whole
