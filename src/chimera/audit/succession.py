"""Keys that signed before a root key was changed: the one that follows vouches for them, so their checkpoints hold.

Such a statement is signed, so who owns the database can make none. It lies among the checkpoints, under nobody's name.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import json

from chimera.audit.chain import moment
from chimera.audit.checkpoints import UNREADABLE, Notary, is_signed_by
from chimera.audit.repository import NO_ORGANISATION, AllCheckpoints
from chimera.audit.tables import AuditCheckpointRow
from chimera.kit.ids import new_id
from chimera.store import Database


async def vouch(database: Database, notary: Notary, former: Sequence[Notary], at: datetime) -> None:
    """State that the notary follows these; what was stated already is not stated again.

    Raises:
        DatabaseUnavailableError: if it cannot be written now.
    """
    known = await keys_of_the_house(database, notary)
    new = [one.public_key for one in former if one.public_key not in known]
    async with database.system_transaction() as tx:
        stated = len(await AllCheckpoints(tx).successions())
        for number, key in enumerate(new, stated + 1):
            text = json.encode({"public_key": notary.public_key, "follows": key, "at": moment(at)}).decode()
            row = AuditCheckpointRow(
                tenant_id=NO_ORGANISATION,
                id=new_id(),
                created_at=at,
                number=number,
                text=text,
                key_name=notary.public_key,
                signature=notary.signature_of(text),
            )
            await AllCheckpoints(tx).add(row)


async def keys_of_the_house(database: Database, *notaries: Notary) -> Sequence[str]:
    """Public keys of the notaries, and of those that they followed, one after the other.

    Raises:
        DatabaseUnavailableError: if they cannot be read now.
    """
    keys = [one.public_key for one in notaries]
    async with database.system_reading() as tx:
        rows = await AllCheckpoints(tx).successions()
    stated = [(row.key_name, followed) for row in rows if (followed := _followed(row)) is not None]
    for by, followed in reversed(stated):  # whoever is followed stated before what it followed
        if by in keys and followed not in keys:
            keys.append(followed)
    return keys


def _followed(row: AuditCheckpointRow) -> str | None:
    """The key that a statement is about, if its key signed it."""
    try:
        said = json.decode(row.text)
        if said["public_key"] != row.key_name or not is_signed_by(row.key_name, row.text, row.signature):
            return None
        return str(said["follows"])
    except UNREADABLE:
        return None
