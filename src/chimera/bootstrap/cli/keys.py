"""`chimera key`: API keys of an organisation, over the database."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

import typer
from rich.text import Text

from chimera.bootstrap.cli.failing import or_say_why
from chimera.bootstrap.cli.printing import counted, on_output, print_json, tame
from chimera.bootstrap.cli.tenants import Desk, at_desk
from chimera.bootstrap.settings import Settings, load
from chimera.kit.scope import Scope
from chimera.tenancy.errors import UserNotFoundError
from chimera.tenancy.identity import normalised
from chimera.tenancy.keys.bounds import Bounds
from chimera.tenancy.keys.key import KeyInfo, KeyTerms, NewKey
from chimera.tenancy.keys.service import Keys, Wanted
from chimera.tenancy.lookups import acting_for
from chimera.tenancy.people.by_hand import by_hand
from chimera.tenancy.people.directory import Directory
from chimera.tenancy.people.member import Paging
from chimera.tenancy.people.member import Wanted as Somebody


def run_list(flags: Mapping[str, object], of: str | None, *, prefix: str | None, as_json: bool) -> int:
    with or_say_why():
        found = asyncio.run(_all(load(flags=flags), of, prefix))
        if as_json:
            print_json([_plain(one) for one in found])
        else:
            for one in found:
                on_output().print(_line(one))
            on_output().print(f"{counted(len(found), 'key')}.")
    return 0


def run_create(flags: Mapping[str, object], of: str | None, email: str, terms: KeyTerms) -> int:
    """Print nothing but the key to standard output, for scripts."""
    with or_say_why():
        typer.echo(asyncio.run(_create(load(flags=flags), of, email, terms)).secret)
    return 0


def run_revoke(flags: Mapping[str, object], of: str | None, key_id: str) -> int:
    with or_say_why():
        asyncio.run(_revoke(load(flags=flags), of, _id(key_id)))
        on_output().print("It is revoked, with all that were made with it: on running servers within 5 seconds.")
    return 0


def terms_of(name: str, permissions: Sequence[str] | None, models: Sequence[str] | None) -> KeyTerms:
    return KeyTerms(
        name=tame(name),
        permissions=tuple(permissions) if permissions else None,
        bounds=Bounds(models=tuple(models) if models else None),
    )


async def _all(settings: Settings, of: str | None, prefix: str | None) -> Sequence[KeyInfo]:
    async with at_desk(settings) as desk:
        scope, keys = by_hand((await desk.named(of)).id), _keys(desk)
        found, cursor = list[KeyInfo](), None
        while True:
            page, cursor = await keys.page(scope, Wanted(prefix=prefix, cursor=cursor, limit=100))
            found += page
            if cursor is None:
                return found


async def _create(settings: Settings, of: str | None, email: str, terms: KeyTerms) -> NewKey:
    async with at_desk(settings) as desk:
        theirs = await _scope_of(desk, by_hand((await desk.named(of)).id), normalised(email))
        return await _keys(desk).create(theirs, terms)


async def _revoke(settings: Settings, of: str | None, key_id: UUID) -> None:
    async with at_desk(settings) as desk:
        await _keys(desk).revoke(by_hand((await desk.named(of)).id), key_id)


async def _scope_of(desk: Desk, scope: Scope, address: str) -> Scope:
    """What somebody may do who is not there."""
    directory = Directory(database=desk.database, recorder=desk.recorder, on_revoked=lambda: None)
    found, _ = await directory.page(scope, Somebody(search=address), Paging(limit=200, cursor=None))
    theirs = next((one for one in found if one.email == address), None)
    everything = Scope(
        tenant_id=scope.tenant_id, actor_id=theirs.id if theirs else scope.actor_id, permissions=scope.permissions
    )
    acting = await acting_for(desk.database, everything) if theirs else None
    if acting is None:
        raise UserNotFoundError(f"The organisation has no user {tame(address)} who can come in.")
    return acting


def _keys(desk: Desk) -> Keys:
    return Keys(database=desk.database, recorder=desk.recorder, on_revoked=lambda: None)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise typer.BadParameter("`chimera key list` tells the ids.", param_hint="KEY") from error


def _line(one: KeyInfo) -> Text:
    used = f"last used {one.last_used_at:%Y-%m-%d}" if one.last_used_at else "never used"
    return Text(f"{one.id}  {tame(one.prefix)}…  {tame(one.name)}  {used}  for {one.user_id}")


def _plain(one: KeyInfo) -> dict[str, object]:
    return {
        "id": str(one.id),
        "user_id": str(one.user_id),
        "name": one.name,
        "prefix": one.prefix,
        "permissions": sorted(one.permissions),
        "models": one.bounds.models,
        "networks": one.bounds.networks,
        "expires_at": one.bounds.expires_at,
        "last_used_at": one.last_used_at,
    }
