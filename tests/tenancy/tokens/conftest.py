"""A small house whose authenticator believes signed tokens, as often as there are replicas."""

from collections.abc import Callable
from dataclasses import dataclass

import httpx2
import pytest
from tests.tenancy.house import KEY, House, build

from chimera.crypto.root import RootSealer
from chimera.store.recording import Unrecorded
from chimera.tenancy.authenticate import Authenticator
from chimera.tenancy.tokens import endpoints
from chimera.tenancy.tokens.issuing import Tokens
from chimera.tenancy.tokens.judging import TokenJudge
from chimera.tenancy.tokens.signing import SigningKeys
from chimera.web.routers import join

ISSUER = "https://chimera.example"


@dataclass(frozen=True, slots=True)
class Replica:
    """One of the servers over the house's database, which share its clock."""

    house: House
    tokens: Tokens
    keys: SigningKeys

    def client(self, **headers: str) -> httpx2.AsyncClient:
        return self.house.client(**headers)

    def bearer(self, token: str) -> httpx2.AsyncClient:
        return self.house.client(authorization=f"Bearer {token}")

    async def begin(self, **wish: object) -> dict[str, str]:
        async with self.client(**{"x-api-key": KEY}) as client:
            answer = await client.post("/api/v1/token", json=wish)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def status(self, token: str) -> int:
        async with self.bearer(token) as client:
            return (await client.get("/whoami")).status_code


def replica_of(house: House) -> Replica:
    clock, database = house.clock, house.database
    other = build(database, clock)
    keys = SigningKeys(database, RootSealer(root=b"r" * 32), now=clock.now)
    judge = TokenJudge(database=database, keys=keys, issuer=ISSUER, now=clock.now)
    other.authenticator = Authenticator(database, now=clock.now, monotonic=clock.monotonic, judge_tokens=judge)
    other.app.state.authenticate = other.authenticator
    tokens = Tokens(
        database=database,
        keys=keys,
        issuer=ISSUER,
        recorder=Unrecorded(),
        on_revoked=other.authenticator.forget,
        now=clock.now,
    )
    join(other.app.router, endpoints.router(tokens))
    return Replica(other, tokens, keys)


@pytest.fixture
def another(house: House) -> Callable[[], Replica]:
    return lambda: replica_of(house)


@pytest.fixture
def replica(house: House) -> Replica:
    return replica_of(house)
