"""What it costs to know who asks, from memory: time of one call of the authenticator for each kind of credential.

`python -m benchmarks.credentials`
"""

import asyncio
import gc
from tempfile import TemporaryDirectory
from time import process_time

from starlette.requests import HTTPConnection

from chimera.kit.clock import utc_now
from chimera.store import connect
from chimera.store.migrate import migrate
from chimera.tenancy.authenticate import Authenticator
from chimera.tenancy.first_run import first_run
from chimera.tenancy.repository import AllUsers
from chimera.tenancy.sessions.beginning import Proof, begin
from chimera.tenancy.sessions.passwords import Passwords

CALLS, ROUNDS = 20_000, 7
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
