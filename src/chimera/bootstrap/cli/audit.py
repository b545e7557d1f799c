"""`chimera audit`: whether the trails are as they were written."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import typer
from rich.console import Console
from rich.text import Text

from chimera.audit.chain import Entry
from chimera.audit.checkpoints import Checkpoint, Notary
from chimera.audit.exporting import read
from chimera.audit.proving import Outside, prove, prove_export
from chimera.audit.succession import keys_of_the_house
from chimera.audit.verifying import Verdict
from chimera.bootstrap.access.encryption import roots_of
from chimera.bootstrap.cli.failing import or_say_why
from chimera.bootstrap.cli.printing import counted, on_output, print_json
from chimera.bootstrap.settings import Settings, SettingsError, load
from chimera.store import Database, connect
from chimera.store.schema import check_schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be verified, and what it is held against."""

    tenant: str | None
    export: Path | None
    checkpoints: Path | None
    public_keys: Sequence[str]


def run_verify(flags: Mapping[str, object], asked: Asked, *, as_json: bool) -> int:
    """Exit code 0: every trail is as it was written."""
    with or_say_why():
        tenant_id = _tenant(asked.tenant)
        verdicts = asyncio.run(_verdicts(flags, asked, tenant_id))
        if as_json:
            print_json([_plain(one) for one in verdicts])
        else:
            _print(on_output(), verdicts, has_outside=asked.checkpoints is not None)
    return 0 if all(one.finding is None for one in verdicts) else 1


async def _verdicts(flags: Mapping[str, object], asked: Asked, tenant_id: UUID | None) -> Sequence[Verdict]:
    outside = _read(asked.checkpoints)[1] if asked.checkpoints else ()
    keys = tuple(key.strip().lower() for key in asked.public_keys)
    if asked.export is not None:
        entries, checkpoints = _read(asked.export)
        entries = [one for one in entries if tenant_id in {None, one.tenant_id}]
        return await prove_export(entries, checkpoints, Outside(checkpoints=outside, keys=keys))
    settings = load(flags=flags)
    async with connect(settings.database) as database:
        await check_schema(database)
        keys = keys or await _own_keys(settings, database)
        return await prove(database, Outside(checkpoints=outside, keys=keys), tenant_id)


async def _own_keys(settings: Settings, database: Database) -> tuple[str, ...]:
    notaries = [Notary(root=root.root) for root in (await roots_of(settings, database)).all]
    return tuple(await keys_of_the_house(database, *notaries))


def _read(path: Path) -> tuple[Sequence[Entry], Sequence[Checkpoint]]:
    try:
        with path.open(encoding="utf-8") as lines:
            return read(lines)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read.") from error


def _tenant(name: str | None) -> UUID | None:
    try:
        return UUID(name) if name else None
    except ValueError:
        raise typer.BadParameter(f"{name} is not the id of an organisation.", param_hint="--tenant") from None


def _print(console: Console, verdicts: Sequence[Verdict], *, has_outside: bool) -> None:
    for one in verdicts:
        if one.finding is None:
            far = f", proven from outside up to {one.proven}" if one.proven else ""
            console.print(f"{one.tenant_id}  {_entries(one.end.number)}{far}")
        else:
            line = f"{one.tenant_id}  entry {one.finding.number}: {one.finding.what}. {one.finding.says}"
            console.print(Text(line, style="red"))
    wrong = sum(one.finding is not None for one in verdicts)
    if wrong:
        console.print(Text(f"Not as they were written: {counted(wrong, 'trail')}.", style="red"))
    else:
        console.print(Text(f"{counted(len(verdicts), 'trail')}, all as they were written.", style="green"))
    if not has_outside:
        console.print(
            "Whether the end of one was cut off together with its checkpoints, only checkpoints from outside tell: "
            "--checkpoints."
        )


def _plain(one: Verdict) -> object:
    found = one.finding
    return {
        "organisation": str(one.tenant_id),
        "entries": one.end.number,
        "last_hash": one.end.hash,
        "proven_from_outside": one.proven,
        "finding": None if found is None else {"what": found.what, "entry": found.number, "says": found.says},
    }


def _entries(number: int) -> str:
    return f"{number:,} {'entry' if number == 1 else 'entries'}"
