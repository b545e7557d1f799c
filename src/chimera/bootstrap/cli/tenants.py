"""`chimera tenant`: organisations, over the database."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast, get_args
from uuid import UUID

import typer
from prometheus_client import CollectorRegistry
from rich.text import Text

from chimera.audit.writing import ChainRecorder, TrailMetrics
from chimera.bootstrap.access.people import invitation_link
from chimera.bootstrap.cli.failing import or_say_why
from chimera.bootstrap.cli.printing import counted, on_output, print_json, tame
from chimera.bootstrap.settings import Settings, load
from chimera.privacy.holding import check_nothing_is_held
from chimera.store import Database, connect
from chimera.store.recording import Recorder
from chimera.store.schema import check_schema
from chimera.tenancy.organisations.organisation import Founding, Organisation, OrganisationChange, Tier
from chimera.tenancy.organisations.service import Organisations
from chimera.tenancy.people.by_hand import by_hand
from chimera.tenancy.people.invitations import Inviting, Sent

_DEFAULT = "default"
_NOWHERE = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What commands about organisations and their users work with."""

    database: Database
    recorder: Recorder
    inviting: Inviting
    organisations: Organisations

    async def all(self) -> Sequence[Organisation]:
        """Every organisation, the newest first."""
        found, after = list[Organisation](), None
        while True:
            page, after = await self.organisations.page(by_hand(_NOWHERE), after=after, limit=200)
            found += page
            if after is None:
                return found

    async def named(self, name: str | None) -> Organisation:
        """The organisation of an id or name; the only one where none is named."""
        found = [one for one in await self.all() if name is None or name in {str(one.id), one.name}]
        if len(found) != 1:
            wrong = "there are several, of which --tenant chooses one" if found else "there is none of that name or id"
            raise typer.BadParameter(f"{wrong}; see `chimera tenant list`.", param_hint="organisation")
        return found[0]


@asynccontextmanager
async def at_desk(settings: Settings) -> AsyncGenerator[Desk]:
    """Open the database, for acts that its trails tell as those of the command line."""
    async with connect(settings.database) as database:
        await check_schema(database)
        recorder = ChainRecorder(metrics=TrailMetrics(CollectorRegistry()))
        inviting = Inviting(database=database, recorder=recorder, link=invitation_link(settings))
        yield Desk(
            database=database,
            recorder=recorder,
            inviting=inviting,
            # Servers look again within 5 seconds; here nothing is remembered.
            organisations=Organisations(
                database=database,
                inviting=inviting,
                recorder=recorder,
                may_go=check_nothing_is_held,
                on_revoked=lambda: None,
            ),
        )


def run_list(flags: Mapping[str, object], *, as_json: bool) -> int:
    with or_say_why():
        found = asyncio.run(_all(load(flags=flags)))
        if as_json:
            print_json([_plain(one) for one in found])
        else:
            for one in found:
                on_output().print(_line(one))
            on_output().print(f"{counted(len(found), 'organisation')}.")
    return 0


def run_create(flags: Mapping[str, object], name: str, *, owner: str, tier: str | None, as_json: bool) -> int:
    with or_say_why():
        founding = Founding(name=_name(name), owner_email=owner, tier=_tier(tier or _DEFAULT))
        made, sent = asyncio.run(_found(load(flags=flags), founding))
        if as_json:
            print_json(_plain(made) | {"link": sent.link})
        else:
            on_output().print(_line(made))
            on_output().print(f"Within seven days {tame(sent.invitation.email)} becomes its owner here:\n{sent.link}")
    return 0


def run_change(
    flags: Mapping[str, object], name: str, *, suspended: bool | None = None, tier: str | None = None, as_json: bool
) -> int:
    with or_say_why():
        change = OrganisationChange(suspended=suspended, tier=_tier(tier or _DEFAULT), keeps_tier=tier is None)
        changed = asyncio.run(_change(load(flags=flags), name, change))
        if as_json:
            print_json(_plain(changed))
        else:
            on_output().print(_line(changed))
    return 0


async def _all(settings: Settings) -> Sequence[Organisation]:
    async with at_desk(settings) as desk:
        return await desk.all()


async def _found(settings: Settings, founding: Founding) -> tuple[Organisation, Sent]:
    async with at_desk(settings) as desk:
        return await desk.organisations.found(by_hand(_NOWHERE), founding)


async def _change(settings: Settings, name: str, change: OrganisationChange) -> Organisation:
    async with at_desk(settings) as desk:
        there = await desk.named(name)
        return await desk.organisations.change(by_hand(_NOWHERE), there.id, change)


def _name(name: str) -> str:
    name = tame(name).strip()
    if not 0 < len(name) <= 100 or "\n" in name or "\t" in name:
        raise typer.BadParameter("A name has 1 to 100 characters.", param_hint="NAME")
    return name


def _tier(tier: str) -> Tier | None:
    if tier == _DEFAULT:
        return None
    if tier not in get_args(Tier):
        raise typer.BadParameter(f"Choose one of {_DEFAULT}, {', '.join(get_args(Tier))}.", param_hint="TIER")
    return cast("Tier", tier)


def _line(one: Organisation) -> Text:
    note = f"  suspended since {one.suspended_at:%Y-%m-%d %H:%M}" if one.suspended_at else ""
    return Text(f"{one.id}  {tame(one.name)}  {one.tier or _DEFAULT}{note}", style="red" if note else "")


def _plain(one: Organisation) -> dict[str, object]:
    return {
        "id": str(one.id),
        "name": one.name,
        "tier": one.tier,
        "created_at": one.created_at,
        "suspended_at": one.suspended_at,
    }
