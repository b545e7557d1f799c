"""`chimera spend`: whether the books add up, what is held just now, and entries put right by hand."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

import typer
from rich.console import Console
from rich.text import Text

from chimera.bootstrap.cli.failing import or_say_why
from chimera.bootstrap.cli.printing import counted, on_output, print_json, tame
from chimera.bootstrap.parts.spend import open_books
from chimera.bootstrap.settings import Settings, load
from chimera.kit.money import nusd, usd
from chimera.spend.cashier.refusals import shown
from chimera.spend.counting import Difference
from chimera.spend.errors import EntryNotFoundError
from chimera.spend.reconciling import Reconciliation, Standing, entry_named, reconcile, standing
from chimera.store import connect
from chimera.store.schema import check_schema


def run_reconcile(flags: Mapping[str, object], *, repair: bool, as_json: bool) -> int:
    """Exit code 0: all adds up, or did after the repair."""
    with or_say_why():
        found = asyncio.run(_reconcile(load(flags=flags), repair=repair))
        if as_json:
            print_json(_plain(found, is_repaired=repair))
        else:
            _print(on_output(), found, is_repaired=repair)
    return 0 if found.is_exact or (repair and not found.leaked) else 1


def run_holds(flags: Mapping[str, object], *, as_json: bool) -> int:
    with or_say_why():
        holds = asyncio.run(_holds(load(flags=flags)))
        if as_json:
            print_json([_plain_hold(hold) for hold in holds])
        else:
            _print_holds(on_output(), holds)
    return 0


def run_adjust(flags: Mapping[str, object], *, entry: str, cost: str) -> int:
    with or_say_why():
        asyncio.run(_adjust(load(flags=flags), _entry_id(entry), _cost(cost)))
        on_output().print(
            f"From now on the entry counts as ${cost}. Nothing was changed; a further line says the difference."
        )
    return 0


async def _reconcile(settings: Settings, *, repair: bool) -> Reconciliation:
    async with connect(settings.database) as database:
        await check_schema(database)
        return await reconcile(database, repair=repair)


async def _holds(settings: Settings) -> Sequence[Standing]:
    async with connect(settings.database) as database:
        await check_schema(database)
        return await standing(database)


async def _adjust(settings: Settings, entry_id: UUID, cost_nusd: int) -> None:
    async with connect(settings.database) as database:
        await check_schema(database)
        named = await entry_named(database, entry_id, cost_nusd=cost_nusd)
        async with open_books(database) as books:
            await books.adjust(named)


def _entry_id(entry: str) -> UUID:
    try:
        return UUID(entry)
    except ValueError:
        raise EntryNotFoundError(f"{entry} is not the id of an entry.") from None


def _cost(cost: str) -> int:
    try:
        return nusd(cost)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--cost-usd") from None


def _print(console: Console, found: Reconciliation, *, is_repaired: bool) -> None:
    console.print(
        f"{counted(found.windows, 'counter')} of {counted(found.tenants, 'organisation')} compared with the ledger, "
        f"which comes to ${usd(found.spent_nusd)}."
    )
    for one in found.differences:
        console.print(Text(f"  {_line(one)}", style="yellow" if is_repaired else "red"))
    for hold in found.leaked:
        console.print(Text(f"  {_hold_line(hold)}: nobody will settle it", style="red"))
    if found.differences:
        how = "Written anew." if is_repaired else "`chimera spend reconcile --repair` writes it anew."
        console.print(f"Wrong: {counted(len(found.differences), 'counter')}. {how}")
    for tenant_id, day in found.days:
        console.print(
            Text(f"  {tenant_id}  {day}: its sums are not those of its lines", style="yellow" if is_repaired else "red")
        )
    if found.days:
        how = (
            "A running server adds them up again."
            if is_repaired
            else "`--repair` lets a running server add them up again."
        )
        console.print(f"Wrong: the sums of {counted(len(found.days), 'day')}. {how}")
    if found.leaked:
        console.print(f"Left of dead servers: {counted(len(found.leaked), 'hold')}. A running server settles them.")
    if found.is_exact:
        console.print(Text("All adds up.", style="green"))


def _print_holds(console: Console, holds: Sequence[Standing]) -> None:
    for hold in holds:
        console.print(Text(_hold_line(hold), style="red" if hold.is_leaked else ""))
    total = sum(hold.cost_nusd for hold in holds)
    console.print(f"{counted(len(holds), 'hold')}, ${usd(total)} in all." if holds else "Nothing is held.")


def _hold_line(hold: Standing) -> str:
    note = "  its server is gone" if hold.is_leaked else ""
    return f"{hold.held_at:%Y-%m-%d %H:%M:%S}  {hold.id}  ${usd(hold.cost_nusd)}  {tame(hold.model_id)}{note}"


def _line(one: Difference) -> str:
    kept, true = ([shown(value, one.budget) for value in pair] for pair in (one.kept, one.true))
    return (
        f"{one.tenant_id}  {tame(one.budget.name)}  {tame(one.window.subject)}  from {one.window.starts_on}: "
        f"settled {kept[0]} instead of {true[0]}, held {kept[1]} instead of {true[1]}"
    )


def _plain(found: Reconciliation, *, is_repaired: bool) -> object:
    return {
        "is_exact": found.is_exact,
        "is_repaired": is_repaired,
        "organisations": found.tenants,
        "counters": found.windows,
        "spent_nusd": found.spent_nusd,
        "differences": [
            {
                "organisation": str(one.tenant_id),
                "budget": str(one.budget.id),
                "subject": one.window.subject,
                "starts_on": one.window.starts_on,
                "unit": one.budget.unit,
                "settled": {"kept": one.kept[0], "true": one.true[0]},
                "held": {"kept": one.kept[1], "true": one.true[1]},
            }
            for one in found.differences
        ],
        "days": [{"organisation": str(tenant_id), "day": day} for tenant_id, day in found.days],
        "leaked": [_plain_hold(hold) for hold in found.leaked],
    }


def _plain_hold(hold: Standing) -> object:
    return {
        "id": str(hold.id),
        "organisation": str(hold.tenant_id),
        "held_at": hold.held_at,
        "model": hold.model_id,
        "cost_nusd": hold.cost_nusd,
        "tokens": hold.tokens,
        "is_leaked": hold.is_leaked,
    }
