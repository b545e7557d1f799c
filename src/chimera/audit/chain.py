"""The chain: each entry holds the hash of the one before, so none can be changed alone. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID

from msgspec import json

from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.kit.trail import Act, Detail

_TEXT_LETTERS: Final = 300
_DETAILS: Final = 30
_NOBODY: Final = UUID(int=0)


class End(NamedTuple):
    """The last entry of a chain; number 0 and no hash where there is none."""

    number: int = 0
    hash: str = ""


class Note(NamedTuple):
    """An act, and on whose behalf and when it happened."""

    scope: Scope
    act: Act
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
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
    return _hash_of([getattr(entry, name) for name in _HASHED])


def continued(end: End, tenant_id: UUID, notes: Iterable[Note]) -> Sequence[Entry]:
    """The entries that these notes become, after the last one."""
    entries: list[Entry] = []
    for note in notes:
        values = _values(end, tenant_id, note)
        entry = Entry(**values, hash=_hash_of(values.values()))
        end = End(entry.number, entry.hash)
        entries.append(entry)
    return entries


def _values(end: End, tenant_id: UUID, note: Note) -> dict[str, Any]:
    """All but the hash, in the order of their declaration."""
    scope, act, at = note
    return {
        "tenant_id": tenant_id,
        "id": new_id(),
        "created_at": at.astimezone(UTC),
        "number": end.number + 1,
        "actor_id": None if scope.actor_id == _NOBODY else scope.actor_id,
        "key_id": scope.key_id,
        "act": _tame(act.name),
        "outcome": _tame(act.outcome),
        "target_kind": _tame(act.target_kind),
        "target_id": _tame(act.target_id),
        "address": _tame(act.address),
        "request_id": _tame(act.request_id),
        "details": json.encode(_told(act), order="sorted").decode() if act.details else "{}",
        "previous_hash": end.hash,
    }


def _hash_of(values: Iterable[Any]) -> str:
    """Ids become texts by themselves; moments as `moment` writes them."""
    plain = [moment(value) if isinstance(value, datetime) else value for value in values]
    return sha256(json.encode(plain)).hexdigest()


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


_HASHED: Final = tuple(Entry.__dataclass_fields__)[:-1]
