"""What it costs to know who asks: from memory, for each kind of credential, and a look at all that are in use.

`python -m benchmarks.credentials`
"""

import asyncio
import gc
from tempfile import TemporaryDirectory
from time import process_time

from sqlalchemy import event
from starlette.requests import HTTPConnection

from chimera.kit.clock import utc_now
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.store import Database, connect
from chimera.store.migrate import migrate
from chimera.tenancy.authenticate import Authenticator
from chimera.tenancy.credentials import hashed, new_api_key
from chimera.tenancy.first_run import first_run
from chimera.tenancy.keys.repository import AllApiKeys
from chimera.tenancy.keys.tables import ApiKeyRow
from chimera.tenancy.repository import AllUsers
from chimera.tenancy.sessions.beginning import Proof, begin
from chimera.tenancy.sessions.passwords import Passwords
from chimera.tenancy.tables import UserRow

CALLS, ROUNDS, MANY = 20_000, 7, 1_000
KEY = "a-key-of-the-benchmark"
_USUAL = [
    (b"host", b"127.0.0.1:8000"),
    (b"accept", b"*/*"),
    (b"accept-encoding", b"gzip, deflate"),
    (b"connection", b"keep-alive"),
    (b"user-agent", b"OpenAI/Python 2.11.0"),
    (b"content-type", b"application/json"),
    (b"content-length", b"512"),
]


async def main() -> None:
    with TemporaryDirectory() as folder:
        await _measure(f"sqlite:///{folder}/chimera.db")


async def _measure(url: str) -> None:
    await migrate(url)
    async with connect(url) as database:
        await first_run(database, Passwords(), email="a@b.example", password="several unrelated words", api_key=KEY)
        async with database.system_transaction() as tx:
            user = (await tx.scalars(AllUsers(tx).every())).one()
            session = await begin(tx, user, Proof(method="password", address="127.0.0.1"), now=utc_now())
        authenticate = Authenticator(database, recheck_s=3_600.0)
        for name, header in (
            ("key", (b"authorization", f"Bearer {KEY}".encode())),
            ("session", (b"cookie", f"chimera_session={session}".encode())),
        ):
            print(f"{name}: {await _best(authenticate, [*_USUAL, header]):.2f} microseconds a call")
        secrets = [await _key_of(database, user) for _ in range(MANY)]
        for number in (1, MANY):
            statements, taken_ms = await _look(database, authenticate, secrets[:number])
            print(
                f"a look at {number} keys in use: {statements} statements, {taken_ms:.1f} milliseconds of the processor"
            )


async def _key_of(database: Database, user: UserRow) -> str:
    """A key of a user of its own, as the keys of a thousand callers are."""
    secret, user_id = new_api_key(), new_id()
    async with database.system_transaction() as tx:
        await AllUsers(tx).add(
            UserRow(tenant_id=user.tenant_id, id=user_id, kind="service", name="caller", role="member")
        )
        await AllApiKeys(tx).add(
            ApiKeyRow(
                tenant_id=user.tenant_id,
                user_id=user_id,
                name="caller",
                prefix=secret[:11],
                secret_hash=hashed(secret.encode()),
                permissions=["chat"],
            )
        )
    return secret


async def _look(database: Database, authenticate: Authenticator, secrets: list[str]) -> tuple[int, float]:
    """How many statements a look takes, and the least time of several."""
    said, taken = list[str](), list[float]()
    heads = [[*_USUAL, (b"x-api-key", secret.encode())] for secret in secrets]
    asked = [HTTPConnection({"type": "http", "headers": headers, "client": ("192.0.2.1", 1)}) for headers in heads]
    event.listen(database.reader.sync_engine, "before_cursor_execute", lambda *said_: said.append(said_[2]))
    for _ in range(ROUNDS):
        said.clear()
        began = process_time()
        answers = await authenticate.afresh(asked)
        taken.append((process_time() - began) * 1e3)
        assert all(isinstance(answer, Scope) for answer in answers), "all keys are good"
    return len(said), min(taken)


async def _best(authenticate: Authenticator, headers: list[tuple[bytes, bytes]]) -> float:
    scope = {"type": "http", "method": "GET", "headers": headers, "client": ("192.0.2.1", 5000)}
    await authenticate(HTTPConnection(scope))
    taken = []
    gc.disable()
    for _ in range(ROUNDS):
        began = process_time()
        for _ in range(CALLS):
            await authenticate(HTTPConnection(scope))
        taken.append((process_time() - began) / CALLS * 1e6)
    gc.enable()
    return min(taken)


if __name__ == "__main__":
    asyncio.run(main())
