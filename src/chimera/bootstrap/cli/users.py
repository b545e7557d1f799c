"""`chimera user`: users of an organisation, over the database."""

import asyncio
from collections.abc import Mapping, Sequence

from rich.text import Text

from chimera.bootstrap.cli.failing import or_say_why
from chimera.bootstrap.cli.printing import counted, on_output, print_json, tame
from chimera.bootstrap.cli.tenants import Desk, at_desk
from chimera.bootstrap.settings import Settings, load
from chimera.kit.scope import Scope
from chimera.tenancy.errors import UserNotFoundError
from chimera.tenancy.identity import normalised
from chimera.tenancy.mailing.by_hand import NewPasswords
from chimera.tenancy.people.by_hand import by_hand
from chimera.tenancy.people.directory import Directory
from chimera.tenancy.people.invitations import Guest, Sent
from chimera.tenancy.people.member import Member, MemberChange, Paging, Wanted
from chimera.tenancy.sessions.passwords import Passwords


def run_list(flags: Mapping[str, object], of: str | None, *, as_json: bool) -> int:
    with or_say_why():
        found = asyncio.run(_all(load(flags=flags), of))
        if as_json:
            print_json([_plain(one) for one in found])
        else:
            for one in found:
                on_output().print(_line(one))
            on_output().print(f"{counted(len(found), 'user')}.")
    return 0


def run_invite(flags: Mapping[str, object], of: str | None, *, email: str, role: str, as_json: bool) -> int:
    with or_say_why():
        sent = asyncio.run(_invite(load(flags=flags), of, Guest(email=email, role=role)))
        told = sent.invitation
        if as_json:
            print_json({"email": told.email, "role": told.role, "expires_at": told.expires_at, "link": sent.link})
        else:
            on_output().print(f"Within seven days {tame(told.email)} becomes {tame(told.role)} here:\n{sent.link}")
    return 0


def run_change(
    flags: Mapping[str, object],
    of: str | None,
    email: str,
    *,
    role: str | None = None,
    suspended: bool | None = None,
    as_json: bool,
) -> int:
    with or_say_why():
        changed = asyncio.run(_change(load(flags=flags), of, email, MemberChange(role=role, suspended=suspended)))
        if as_json:
            print_json(_plain(changed))
        else:
            on_output().print(_line(changed))
    return 0


def run_reset(flags: Mapping[str, object], email: str, *, as_json: bool) -> int:
    with or_say_why():
        made = asyncio.run(_reset(load(flags=flags), email))
        if as_json:
            print_json({"email": normalised(email), "password": made})
        else:
            on_output().print(f"The new password of {tame(normalised(email))}, shown this once:\n{made}")
    return 0


async def _all(settings: Settings, of: str | None) -> Sequence[Member]:
    async with at_desk(settings) as desk:
        scope = by_hand((await desk.named(of)).id)
        return await _found(desk, scope, Wanted())


async def _invite(settings: Settings, of: str | None, guest: Guest) -> Sent:
    async with at_desk(settings) as desk:
        return await desk.inviting.invite(by_hand((await desk.named(of)).id), guest)


async def _change(settings: Settings, of: str | None, email: str, change: MemberChange) -> Member:
    async with at_desk(settings) as desk:
        scope, address = by_hand((await desk.named(of)).id), normalised(email)
        found = [one for one in await _found(desk, scope, Wanted(search=address)) if one.email == address]
        if not found:
            raise UserNotFoundError(f"The organisation has no user {tame(address)}.")
        return await _directory(desk).change(scope, found[0].id, change)


async def _reset(settings: Settings, email: str) -> str:
    async with at_desk(settings) as desk:
        made = NewPasswords(database=desk.database, passwords=Passwords(), recorder=desk.recorder)
        return await made.make(email)


async def _found(desk: Desk, scope: Scope, wanted: Wanted) -> Sequence[Member]:
    found, cursor = list[Member](), None
    while True:
        page, cursor = await _directory(desk).page(scope, wanted, Paging(limit=200, cursor=cursor))
        found += page
        if cursor is None:
            return found


def _directory(desk: Desk) -> Directory:
    return Directory(database=desk.database, recorder=desk.recorder, on_revoked=lambda: None)


def _line(one: Member) -> Text:
    note = f"  suspended since {one.suspended_at:%Y-%m-%d %H:%M}" if one.suspended_at else ""
    who = one.email or "service account"
    return Text(f"{one.id}  {tame(who)}  {tame(one.name)}  {tame(one.role)}{note}", style="red" if note else "")


def _plain(one: Member) -> dict[str, object]:
    return {
        "id": str(one.id),
        "kind": one.kind,
        "email": one.email,
        "name": one.name,
        "role": one.role,
        "suspended_at": one.suspended_at,
    }
