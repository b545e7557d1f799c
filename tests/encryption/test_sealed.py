"""What is sealed is told by its table, sealed anew by every rotation, and is nowhere in the files of a database."""

import importlib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import LargeBinary

from chimera.crypto.root import Roots
from chimera.encryption.kept_secrets import DatabaseSecrets
from chimera.encryption.resealing import sealed_tables
from chimera.store import Database, Table, connect
from chimera.tenancy.factors.repository import Totps
from chimera.tenancy.factors.tables import TotpRow
from chimera.tenancy.repository import AllPeople
from chimera.tenancy.tables import PersonRow
from tests.encryption.house import FIRST, NAME, SECOND, Replica, organisation

SOURCE = Path(__file__).parents[2] / "src"
for file in sorted(SOURCE.rglob("tables.py")):
    if file.parent.name != "store":
        importlib.import_module(".".join(file.relative_to(SOURCE).with_suffix("").parts))

# Bytes that nobody sealed: ciphertext of its own kind, ids, and what is public. A new column belongs here, into
# `sealed_columns` of its table, or is content.
NOT_SEALED = {
    ("passkeys", "credential_id"),
    ("passkeys", "public_key"),
    ("data_keys", "wrapped"),
    ("cached_answers", "key"),
    ("search_segments", "ids"),  # of messages and conversations, which stand beside
}
CANARIES = [f"canary-{number}-of-a-secret".encode() for number in range(20)]


def test_every_column_of_bytes_says_whether_it_is_sealed() -> None:
    found = {
        (mapper.class_.__tablename__, column.key)
        for mapper in Table.registry.mappers
        for column in mapper.column_attrs
        if isinstance(column.columns[0].type, LargeBinary)
    }
    told = {(table.__tablename__, name) for table in sealed_tables() for name in table.sealed_columns}
    assert found == told | NOT_SEALED


async def test_what_belongs_to_a_person_follows_the_root_key(database: Database) -> None:
    before = Replica(database)
    async with database.system_transaction() as tx:
        person = await AllPeople(tx).add(PersonRow(email="a@example.com", name="a"))
        sealed = await before.keyring.seal(None, b"a seed", purpose="totp")
        await Totps(tx).add(TotpRow(person_id=person.id, secret=sealed, last_step=0))
    after = Replica(database, Roots(current=SECOND, former=(FIRST,)))
    assert (await after.resealing.run()).values == 1
    async with database.system_reading() as tx:
        (row,) = await tx.scalars(Totps(tx).every())
    assert await Replica(database, Roots(current=SECOND)).keyring.open(None, row.secret, purpose="totp") == b"a seed"


async def test_the_files_of_the_database_hold_no_secret_before_and_no_key_after_it_was_destroyed(
    sqlite_url: str,
) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    async with connect(sqlite_url) as database:
        replica, scope = Replica(database), await organisation(database)
        store = DatabaseSecrets(database=database, sealer=replica.keyring)
        for number, canary in enumerate(CANARIES):
            await store.write(f"tenants/{scope.tenant_id}/{number}", canary)
        assert not any(canary in content for canary in CANARIES for content in files_of(path))
        wrapped = (await replica.encryption.keys(scope))[0].wrapped
        assert wrapped is not None
        assert any(wrapped in content for content in files_of(path))
        await replica.encryption.shred(scope, organisation=NAME)
    # Closed, SQLite has put its log into the file.
    assert not any(wrapped in content for content in files_of(path))


def files_of(path: Path) -> Iterator[bytes]:
    """The database, and what lies beside it: its log and its index."""
    return (file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
