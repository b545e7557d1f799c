"""Adjustments: an entry is never changed; what turns out otherwise is a further line with the difference. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from chimera.spend.budgets import Amount, Who
from chimera.spend.cashier.steps import EntryLine, HoldLine


def adjustment(kept: EntryLine, before: Amount, true: EntryLine, *, id: UUID) -> EntryLine:
    """A line after which an entry and all its adjustments, `before` in sum, come to what `true` says."""
    difference = amount_of(true) - before
    return true._replace(
        id=id,
        held_at=kept.held_at,
        day=kept.day,
        outcome="adjustment",
        adjusts=kept.id,
        cost_nusd=None if true.cost_nusd is None and kept.cost_nusd is None else difference.nusd,
        tokens=difference.tokens,
        requests=difference.requests,
    )


def amount_of(line: EntryLine) -> Amount:
    return Amount(line.cost_nusd or 0, line.tokens, line.requests)


def sum_of(lines: Iterable[EntryLine], entry_id: UUID) -> Amount:
    """What an entry and its adjustments come to."""
    return sum((amount_of(line) for line in lines if entry_id in {line.id, line.adjusts}), Amount())


def line_of(row: Sequence[Any]) -> EntryLine:
    return EntryLine(*row)


def line_who(line: EntryLine | HoldLine) -> Who:
    return Who(
        tenant_id=line.tenant_id,
        actor_id=line.actor_id,
        key_id=line.key_id,
        maker_ids=tuple(line.maker_ids.split()),
        team_ids=tuple(line.team_ids.split()),
        conversation_id=line.conversation_id,
        model_id=f"{line.provider}/{line.model}",
    )
