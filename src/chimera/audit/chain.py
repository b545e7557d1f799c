"""The chain: each entry holds the hash of the one before, so none can be changed alone. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby
from typing import Final, NamedTuple
from uuid import UUID

from msgspec import Struct, json
from msgspec.structs import astuple, replace

from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.kit.trail import Act, Detail

_TEXT_LETTERS: Final = 300
_DETAILS: Final = 30
_CREATED_AT: Final = 2
_encoded: Final = json.Encoder().encode
_encoded_details: Final = json.Encoder(order="sorted").encode


class End(NamedTuple):
    """The last entry of a chain; number 0 and no hash where there is none."""

    number: int = 0
    hash: str = ""


class Note(Struct, frozen=True, gc=False):
    """An act, and on whose behalf and when it happened."""

    scope: Scope
    act: Act
    at: datetime


class Entry(Struct, frozen=True, kw_only=True, gc=False):
    """One link.

    Attributes:
        details: JSON as it was hashed.
        hash: SHA-256 over all the others, in hexadecimal.
    """

    tenant_id: UUID
    id: UUID
    created_at: datetime
    number: int
    actor_id: UUID | None
    key_id: UUID | None
    act: str
    outcome: str
    target_kind: str
    target_id: str
    address: str
    request_id: str
    details: str
    previous_hash: str
    hash: str = ""


def hash_of(entry: Entry) -> str:
    """SHA-256 over a JSON array of the members in the order of their declaration, UTF-8, without spaces."""
    values = list(astuple(entry)[:-1])
    values[_CREATED_AT] = moment(entry.created_at)
    return sha256(_encoded(values)).hexdigest()


def continued(end: End, tenant_id: UUID, notes: Iterable[Note]) -> Sequence[Entry]:
    """The entries that these notes become, after the last one."""
    entries: list[Entry] = []
    for note in notes:
        entry = _linked(end, tenant_id, note)
        end = End(entry.number, entry.hash)
        entries.append(entry)
    return entries


def by_tenant(notes: Iterable[Note]) -> Iterator[tuple[UUID, Sequence[Note]]]:
    """The notes of each organisation, in the order of the organisations' ids and in theirs."""
    for tenant_id, theirs in groupby(sorted(notes, key=_tenant_of), _tenant_of):
        yield UUID(int=tenant_id), list(theirs)


def _tenant_of(note: Note) -> int:
    return note.scope.tenant_id.int  # UUIDs are compared in Python


def _linked(end: End, tenant_id: UUID, note: Note) -> Entry:
    scope, act = note.scope, note.act
    entry = Entry(
        tenant_id=tenant_id,
        id=new_id(),
        created_at=note.at.astimezone(UTC),
        number=end.number + 1,
        actor_id=scope.actor_id if scope.actor_id.int else None,
        key_id=scope.key_id,
        act=_tame(act.name),
        outcome=_tame(act.outcome),
        target_kind=_tame(act.target_kind),
        target_id=_tame(act.target_id),
        address=_tame(act.address),
        request_id=_tame(act.request_id),
        details=_encoded_details(_told(act)).decode() if act.details else "{}",
        previous_hash=end.hash,
    )
    return replace(entry, hash=hash_of(entry))


def _told(act: Act) -> dict[str, Detail]:
    pairs = list(act.details.items())[:_DETAILS]
    return {_tame(name): _tame(value) if isinstance(value, str) else value for name, value in pairs}


def _tame(text: str) -> str:
    """A text that every database keeps as it is: short, without NUL and lone surrogates."""
    if len(text) <= _TEXT_LETTERS and text.isascii() and "\x00" not in text:
        return text
    return text[:_TEXT_LETTERS].encode("utf-8", "replace").decode().replace("\x00", "\ufffd")


def moment(at: datetime) -> str:
    """As it is hashed and exported: UTC, to the microsecond."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
