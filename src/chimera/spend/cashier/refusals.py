"""How a refusal reads: which budget, what is left of it, when it renews and what to do. Pure."""

from datetime import datetime

from chimera.kit.money import usd
from chimera.spend.budgets import Budget, Window, window_end
from chimera.spend.errors import BudgetExhaustedError, UnpricedError

_COUNTED = {"day": "today", "week": "this week", "month": "this month", "total": "in all"}


def exhausted(budget: Budget, window: Window, *, left: int, needed: int, now: datetime) -> BudgetExhaustedError:
    """Refuse a call that needs at least `needed` where only `left` is neither spent nor held by calls under way."""
    ends = window_end(budget.period, window.starts_on)
    renews = f"It renews on {ends:%Y-%m-%d} at 00:00 UTC" if ends else "It does not renew by itself"
    what = "does not suffice" if left > 0 else "is used up"
    return BudgetExhaustedError(
        f"The budget {_named(budget, window)} {what}: of {shown(budget.limit, budget)} "
        f"{_COUNTED[budget.period]}, {shown(max(left, 0), budget)} is left and this call needs at least "
        f"{shown(needed, budget)}. {renews}; until then ask for a shorter answer or a cheaper model, or have the "
        "budget raised.",
        retry_after_s=max(1.0, (ends - now).total_seconds()) if ends else None,
        is_everybodys=budget.kind == "tenant" and left <= 0,
    )


def unpriced(budget: Budget, window: Window, model: str) -> UnpricedError:
    return UnpricedError(
        f"Nobody knows the price of {model}, and the budget {_named(budget, window)} counts money. Choose a model with "
        "a known price, or set prices for this one in the settings."
    )


def shown(amount: int, budget: Budget) -> str:
    if budget.unit != "usd":
        return f"{amount:,} {budget.unit}"
    return f"${usd(amount)}"


def _named(budget: Budget, window: Window) -> str:
    whose = "" if budget.kind == "tenant" else f" ({budget.kind} {window.subject})"
    return f"“{budget.name}”{whose}"
