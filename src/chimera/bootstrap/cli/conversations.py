"""`chimera conversations`: those of an organisation, over the database. What is said in them only `export` tells."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast
from uuid import UUID

import typer
from rich.text import Text

from chimera.adapters.event_buses.memory import MemoryBus
from chimera.bootstrap.access.encryption import open_keyring
from chimera.bootstrap.cli.failing import or_say_why
from chimera.bootstrap.cli.printing import counted, on_output, print_json
from chimera.bootstrap.cli.tenants import at_desk
from chimera.bootstrap.parts.jobs.lifecycle import Lifecycle, open_lifecycle
from chimera.bootstrap.settings import Settings, load
from chimera.conversations.errors import ConversationNotFoundError
from chimera.conversations.interchange.exporting import ConversationExports, Format, Wanted
from chimera.conversations.lifecycle.repository import RestingConversations
from chimera.conversations.lifecycle.service import Life
from chimera.conversations.shelves.service import Arrangement, Shelves
from chimera.conversations.states import ConversationState
from chimera.jobs.service import Jobs
from chimera.kit.money import usd
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.policies.service import Policies
from chimera.privacy.errors import LegalHoldNotFoundError
from chimera.privacy.holding import LegalHolds
from chimera.store import Database, Transaction
from chimera.store.recording import Recorder
from chimera.tenancy.people.by_hand import by_hand
from chimera.tenancy.people.directory import Directory
from chimera.tenancy.personal import Departure

_FORMATS = ("json", "jsonl", "markdown", "html")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which conversations are listed; `None` does not matter."""

    state: str | None
    user: str | None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hand:
    """Tells the trail that the command line did it, on whosever behalf it was done."""

    recorder: Recorder

    async def record(self, tx: Transaction, scope: Scope, act: Act) -> None:
        await self.recorder.record(tx, by_hand(scope.tenant_id), act)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Office:
    database: Database
    recorder: _Hand
    scope: Scope
    lifecycle: Lifecycle

    async def owner(self, id: UUID) -> Scope:
        """Who owns a conversation, as whoever may read it."""
        async with self.database.reading(self.scope) as tx:
            row = await RestingConversations(tx, self.scope).get(id)
        if row is None:
            raise ConversationNotFoundError(
                "There is no such conversation. `chimera conversations list` tells the ids."
            )
        return Scope(tenant_id=self.scope.tenant_id, actor_id=row.owner_id, permissions=frozenset())

    async def life(self, id: UUID) -> Life:
        return await self.lifecycle.lives.of(await self.owner(id), id)

    @property
    def holds(self) -> LegalHolds:
        directory = Directory(database=self.database, recorder=self.recorder, on_revoked=lambda: None)
        departure = Departure(database=self.database, remove=directory.remove)
        return LegalHolds(database=self.database, departure=departure, recorder=self.recorder)


def run_list(flags: Mapping[str, object], of: str | None, chosen: Chosen, *, as_json: bool) -> int:
    with or_say_why():
        found = asyncio.run(_all(load(flags=flags), of, chosen))
        if as_json:
            print_json([_plain(one) for one in found])
        else:
            for one in found:
                on_output().print(_line(one))
            on_output().print(f"{counted(len(found), 'conversation')}.")
    return 0


def run_show(flags: Mapping[str, object], of: str | None, conversation: str, *, as_json: bool) -> int:
    with or_say_why():
        _print(asyncio.run(_shown(load(flags=flags), of, _id(conversation))), as_json=as_json)
    return 0


def run_export(flags: Mapping[str, object], of: str | None, conversation: str, *, format: str) -> int:
    if format not in _FORMATS:
        raise typer.BadParameter(f"Choose one of {', '.join(_FORMATS)}.", param_hint="--format")
    with or_say_why():
        sys.stdout.buffer.write(asyncio.run(_exported(load(flags=flags), of, _id(conversation), format)))
        sys.stdout.buffer.flush()
    return 0


def run_archive(
    flags: Mapping[str, object], of: str | None, conversation: str, *, archived: bool, as_json: bool
) -> int:
    with or_say_why():
        _print(asyncio.run(_archived(load(flags=flags), of, _id(conversation), archived)), as_json=as_json)
    return 0


def run_hold(flags: Mapping[str, object], of: str | None, conversation: str, *, reason: str, as_json: bool) -> int:
    if not reason.strip() or len(reason) > 500:
        raise typer.BadParameter("Say why, in at most 500 characters.", param_hint="--reason")
    with or_say_why():
        _print(asyncio.run(_held(load(flags=flags), of, _id(conversation), reason.strip())), as_json=as_json)
    return 0


def run_release(flags: Mapping[str, object], of: str | None, conversation: str, *, as_json: bool) -> int:
    with or_say_why():
        _print(asyncio.run(_released(load(flags=flags), of, _id(conversation))), as_json=as_json)
    return 0


@asynccontextmanager
async def _office(settings: Settings, of: str | None) -> AsyncGenerator[_Office]:
    async with at_desk(settings) as desk:
        scope = by_hand((await desk.named(of)).id)
        database = desk.database.sealed_by(await open_keyring(settings, desk.database))
        recorder, bus = _Hand(recorder=desk.recorder), MemoryBus()
        policies = Policies(database=database)
        lifecycle = open_lifecycle(database, bus, Jobs(wakes=bus), policies.of, recorder, None)
        yield _Office(database=database, recorder=recorder, scope=scope, lifecycle=lifecycle)


async def _all(settings: Settings, of: str | None, chosen: Chosen) -> Sequence[Life]:
    state, user = _state(chosen.state), None if chosen.user is None else _id(chosen.user)
    async with _office(settings, of) as office:
        async with office.database.reading(office.scope) as tx:
            rows = await RestingConversations(tx, office.scope).newest(state=state, owner_id=user, limit=chosen.limit)
        return [await office.lifecycle.lives.of_row(office.scope, row) for row in rows]


async def _shown(settings: Settings, of: str | None, id: UUID) -> Life:
    async with _office(settings, of) as office:
        return await office.life(id)


async def _exported(settings: Settings, of: str | None, id: UUID, format: str) -> bytes:
    async with _office(settings, of) as office:
        exports = ConversationExports(database=office.database, recorder=office.recorder)
        return await exports.one(await office.owner(id), id, Wanted(format=cast("Format", format)))


async def _archived(settings: Settings, of: str | None, id: UUID, archived: bool) -> Life:  # noqa: FBT001  # what it is to be
    async with _office(settings, of) as office:
        shelves = Shelves(database=office.database, bus=MemoryBus())
        await shelves.arrange(await office.owner(id), [id], Arrangement(archived=archived))
        async with office.database.transaction(office.scope) as tx:
            name = "conversation.archived" if archived else "conversation.brought_back"
            act = Act(name=name, target_kind="conversation", target_id=str(id))
            await office.recorder.record(tx, office.scope, act)
        return await office.life(id)


async def _held(settings: Settings, of: str | None, id: UUID, reason: str) -> Life:
    async with _office(settings, of) as office:
        await office.owner(id)
        await office.holds.place(office.scope, None, conversation_id=id, reason=reason)
        return await office.life(id)


async def _released(settings: Settings, of: str | None, id: UUID) -> Life:
    async with _office(settings, of) as office:
        await office.owner(id)
        holds = await office.holds.all(office.scope)
        standing = [one for one in holds if one.conversation_id == id and one.released_at is None]
        if not standing:
            raise LegalHoldNotFoundError("No hold of this one conversation stands.")
        for one in standing:
            await office.holds.release(office.scope, one.id)
        return await office.life(id)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no id; `chimera conversations list` tells them.") from error


def _state(text: str | None) -> ConversationState | None:
    if text is not None and text not in set(ConversationState):
        raise typer.BadParameter(f"Choose one of {', '.join(ConversationState)}.", param_hint="--state")
    return None if text is None else ConversationState(text)


def _print(life: Life, *, as_json: bool) -> None:
    if as_json:
        print_json(_plain(life))
        return
    on_output().print(_line(life))
    if (left := life.retired) is not None:
        kept = f"{counted(left.messages, 'message')}, {left.input_tokens:,} + {left.output_tokens:,} tokens"
        on_output().print(f"Its words are gone: {kept}, ${usd(left.cost_nusd)}.")


def _line(life: Life) -> Text:
    row = life.row
    notes = ("  held" if life.held else "") + ("  archived" if row.archived else "")
    return Text(f"{row.id}  {row.state}  last spoken in {row.updated_at:%Y-%m-%d %H:%M}  of {row.owner_id}{notes}")


def _plain(life: Life) -> dict[str, object]:
    row, left = life.row, life.retired
    return {
        "id": str(row.id),
        "owner_id": str(row.owner_id),
        "state": row.state,
        "state_since": row.state_since,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "archived": row.archived,
        "held": life.held,
        "retires_at": life.retires_at,
        "retired": left
        and {
            "messages": left.messages,
            "input_tokens": left.input_tokens,
            "output_tokens": left.output_tokens,
            "cost_usd": usd(left.cost_nusd),
            "models": left.models,
        },
    }
