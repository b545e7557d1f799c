"""A small house for these tests: the tenancy endpoints over a database, with a clock that is set by hand."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import httpx2
from fastapi import APIRouter, FastAPI

from chimera.crypto.root import RootSealer
from chimera.kit.ids import new_id
from chimera.kit.mail import Mail
from chimera.kit.scope import Scope
from chimera.kit.trail import Act
from chimera.store import Database
from chimera.store.recording import Unrecorded
from chimera.tenancy.authenticate import Authenticator
from chimera.tenancy.factors.authenticators import Authenticators, second_factors
from chimera.tenancy.factors.challenges import Challenges
from chimera.tenancy.factors.endpoints import codes, helping, passkeys
from chimera.tenancy.factors.helping import Helping
from chimera.tenancy.factors.passkeys import PasskeyBook
from chimera.tenancy.factors.second_step import SecondStep
from chimera.tenancy.first_run import FirstRun, first_run
from chimera.tenancy.keys import endpoints as key_endpoints
from chimera.tenancy.keys.service import Keys
from chimera.tenancy.mailing import endpoints as mailing_endpoints
from chimera.tenancy.mailing.posting import Post
from chimera.tenancy.mailing.proving import MailProofs
from chimera.tenancy.mailing.resetting import Letters, Resetting
from chimera.tenancy.permissions import OWNER, require
from chimera.tenancy.repository import AllPeople, AllTenants, AllUsers
from chimera.tenancy.sessions import device_endpoints
from chimera.tenancy.sessions import endpoints as session_endpoints
from chimera.tenancy.sessions.accounts import Accounts
from chimera.tenancy.sessions.devices import Devices
from chimera.tenancy.sessions.passwords import Passwords
from chimera.tenancy.sessions.proving import Proving
from chimera.tenancy.sessions.rules import HOUSE, SignInRules
from chimera.tenancy.tables import PersonRow, TenantRow, UserRow
from chimera.web.caller import Caller
from chimera.web.problems import install
from chimera.web.routers import join

EMAIL, PASSWORD, KEY = "owner@example.org", "several unrelated words", "a-key-from-the-operator"
SAME_ORIGIN = {"origin": "http://chimera.test"}


@dataclass
class Clock:
    """Wall clock and stopwatch, moved together by hand."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 11, 20, 12, tzinfo=UTC))
    seconds: float = 0.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.seconds

    def pass_by(self, step: timedelta) -> None:
        self.moment += step
        self.seconds += step.total_seconds()


@dataclass
class ChangeableRules:
    """What organisations demand of signing in; a test changes it."""

    given: SignInRules = HOUSE

    async def __call__(self, tenant_id: UUID) -> SignInRules:
        return self.given


@dataclass
class Noted:
    """The port `Trail`: keeps what it is told."""

    acts: list[tuple[Scope, Act]] = field(default_factory=list)

    def note(self, scope: Scope, act: Act) -> None:
        self.acts.append((scope, act))


@dataclass
class Mailbox:
    """The port `Mailer`: keeps what is sent.

    Attributes:
        gate: Nothing is sent before it is open; a test closes it.
    """

    sent: list[Mail] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def send(self, mail: Mail) -> None:
        await self.gate.wait()
        self.sent.append(mail)

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        return task

    async def delivered(self) -> list[Mail]:
        """All that was sent, once nothing is under way any more."""
        self.gate.set()
        await asyncio.gather(*self.tasks)
        return self.sent


@dataclass
class House:
    database: Database
    clock: Clock
    passwords: Passwords
    accounts: Accounts
    keys: Keys
    authenticator: Authenticator
    app: FastAPI
    rules: ChangeableRules
    noted: Noted
    mailer: Mailbox
    seen: list[Scope]

    def client(self, address: str = "192.0.2.1", **headers: str) -> httpx2.AsyncClient:
        transport = httpx2.ASGITransport(app=self.app, client=(address, 5000))
        return httpx2.AsyncClient(transport=transport, base_url="http://chimera.test", headers=headers)

    async def found(self) -> FirstRun:
        made = await first_run(self.database, self.passwords, email=EMAIL, password=PASSWORD, api_key=KEY)
        assert made is not None
        return made

    async def another_tenant(self, *, email: str = "other@example.org", role: str = OWNER) -> Scope:
        password_hash = await self.passwords.hash(PASSWORD)
        async with self.database.system_transaction() as tx:
            tenant = await AllTenants(tx).add(TenantRow(name="Another"))
            person = await AllPeople(tx).add(PersonRow(email=email, name="other", password_hash=password_hash))
            user = UserRow(tenant_id=tenant.id, person_id=person.id, email=email, name="other", role=role)
            await AllUsers(tx).add(user)
        return Scope(tenant_id=tenant.id, actor_id=user.id, permissions=frozenset({"keys:manage", "keys:own", "chat"}))


@cache
def passwords_of_all() -> Passwords:
    """One for every house of the process: making it hashes a password, and it keeps nothing of anybody."""
    return Passwords()


def build(database: Database, clock: Clock | None = None) -> House:
    clock, passwords = clock or Clock(), passwords_of_all()
    authenticator = Authenticator(database, now=clock.now, monotonic=clock.monotonic)
    rules, noted = ChangeableRules(), Noted()
    accounts = Accounts(
        database=database,
        passwords=passwords,
        rules=rules,
        second_factors=second_factors,
        recorder=Unrecorded(),
        trail=noted,
        on_revoked=authenticator.forget,
        now=clock.now,
    )
    keys = Keys(database=database, on_revoked=authenticator.forget, now=clock.now)
    app, seen = FastAPI(), list[Scope]()
    app.state.authenticate = authenticator
    app.state.demand = require
    mailer = Mailbox()
    common: dict[str, Any] = {"database": database, "now": clock.now}
    told: dict[str, Any] = {"recorder": Unrecorded(), "on_revoked": authenticator.forget}
    join(app.router, session_endpoints.router(accounts, Proving(passwords=passwords, **common)))
    for router in _factors(common, rules, noted):
        join(app.router, router)
    join(app.router, device_endpoints.router(Devices(**common, **told)))
    join(app.router, helping.router(Helping(**common, **told)))
    resetting = Resetting(
        passwords=passwords,
        rules=rules,
        proofs=MailProofs(**common),
        post=Post(mailer=mailer, spawn=mailer.spawn),
        letters=Letters(site="https://chat.example.com"),
        **common,
        **told,
    )
    join(app.router, mailing_endpoints.router(resetting))
    join(app.router, key_endpoints.router(keys))
    install(app)

    @app.get("/whoami")
    async def who_am_i(caller: Caller) -> dict[str, Any]:
        seen.append(caller)
        return {"tenant": caller.tenant_id, "actor": caller.actor_id, "may": sorted(caller.permissions)}

    return House(database, clock, passwords, accounts, keys, authenticator, app, rules, noted, mailer, seen)


def _factors(common: dict[str, Any], rules: ChangeableRules, noted: Noted) -> tuple[APIRouter, APIRouter]:
    """Doors to second factors and passkeys."""
    sealer, recorder = RootSealer(root=b"r" * 32), Unrecorded()
    authenticators = Authenticators(sealer=sealer, recorder=recorder, **common)
    second_step = SecondStep(authenticators=authenticators, rules=rules, trail=noted, **common)
    challenges = Challenges(sealer=sealer, now=common["now"])
    book = PasskeyBook(challenges=challenges, rules=rules, recorder=recorder, trail=noted, **common)
    return codes.router(authenticators, second_step), passkeys.router(book, None)


async def sign_in(
    client: httpx2.AsyncClient,
    *,
    email: str = EMAIL,
    password: str = PASSWORD,
    headers: Mapping[str, str] | None = None,
) -> httpx2.Response:
    return await client.post("/api/v1/session", json={"email": email, "password": password}, headers=headers)


def someone() -> Scope:
    return Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset())
