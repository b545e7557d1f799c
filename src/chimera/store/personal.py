"""What tables keep of people: each domain says of its own which column names the person and what an erasure does."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, TypeAlias, cast
from uuid import UUID

from sqlalchemy import ColumnElement

from chimera.kit.scope import Scope
from chimera.store.columns.sealed import LOST
from chimera.store.database import Transaction
from chimera.store.repository import Repository
from chimera.store.tables import TenantTable

Told: TypeAlias = dict[str, Any]
_LOST: Final = "lost"
# Levels of brackets in brackets that are opened. Nobody means more.
_DEEPEST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A table whose rows belong to rows of another, and go with them.

    Attributes:
        parent: Attribute that holds the other row's id.
        chunks: Attribute with pieces of one file, which is told as a file of its own instead of rows.
    """

    table: type[TenantTable]
    parent: str
    hidden: frozenset[str] = frozenset()
    chunks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """A table that names people.

    Attributes:
        person: Attribute that holds the user's id.
        fate: What an erasure does with rows of the person. Kept ones name an id that says nothing any more.
        why: Of rows that are kept.
        hidden: Attributes that nobody is told: hashes of secrets.
        shown: Whether an export tells such rows; not those of others that the person merely made.
        private: Whether an export tells such rows to the person alone, and not to who may ask for others' data.
        parts: What belongs to a row and is told with it.
        readable: Writes a row and its parts as Markdown.
    """

    table: type[TenantTable]
    person: str
    fate: Literal["erased", "kept"] = "erased"
    why: str = ""
    hidden: frozenset[str] = frozenset()
    shown: bool = True
    private: bool = False
    parts: tuple[Part, ...] = ()
    readable: Callable[[Told, Mapping[str, Sequence[Told]]], str] | None = None

    @property
    def name(self) -> str:
        return str(self.table.__tablename__)


class PersonalRows:
    """Rows of one person in one table."""

    def __init__(self, tx: Transaction, scope: Scope, personal: Personal) -> None:
        self._rows = _repository(tx, scope, personal.table)
        self._tx, self._scope, self._personal = tx, scope, personal

    def _of(self, user_id: UUID) -> ColumnElement[bool]:
        return cast("ColumnElement[bool]", getattr(self._personal.table, self._personal.person) == user_id)

    async def count(self, user_id: UUID) -> int:
        return await self._rows.count(self._rows.mine().where(self._of(user_id)))

    async def some(self, user_id: UUID, *, after: UUID | None, limit: int) -> Sequence[TenantTable]:
        """Rows in the order of their ids, those after `after`."""
        table = self._personal.table
        query = self._rows.mine().where(self._of(user_id))
        if after is not None:
            query = query.where(table.id > after)
        return list(await self._tx.scalars(query.order_by(table.id).limit(limit)))

    async def parts(
        self, part: Part, ids: Sequence[UUID], *, skip: int = 0, limit: int | None = None
    ) -> Sequence[TenantTable]:
        """What belongs to these rows, in the order of the key."""
        rows = _repository(self._tx, self._scope, part.table)
        key = [column for column in part.table.__mapper__.primary_key if column.name != "tenant_id"]
        query = rows.mine().where(getattr(part.table, part.parent).in_(ids)).order_by(*key)
        query = query.offset(skip).limit(limit) if limit is not None else query
        return list(await self._tx.scalars(query))

    async def erase(self, user_id: UUID, *, limit: int) -> int:
        """Delete some of the rows, with all that belongs to them; tell how many."""
        table = self._personal.table
        lot = self._rows.mine().where(self._of(user_id)).order_by(table.id).limit(limit).with_only_columns(table.id)
        ids = set(await self._tx.scalars(lot))
        if not ids:
            return 0
        return await self._rows.run(self._rows.removing().where(table.id.in_(ids), self._of(user_id)))


def plain(row: TenantTable, hidden: frozenset[str] = frozenset()) -> Told:
    """A row as JSON can say it, with what was kept as JSON text opened; but for what is hidden.

    What was lost with its key is null, and named under `lost`.
    """
    kept = {one.key: getattr(row, one.key) for one in row.__mapper__.column_attrs if one.key not in hidden}
    lost = [name for name, value in kept.items() if value is LOST]
    told = {name: None if value is LOST else _plain(value) for name, value in kept.items()}
    return {**told, _LOST: lost} if lost else told


def lost_in(told: Told) -> bool:
    """Whether something of a row was lost."""
    return _LOST in told


def _plain(value: object) -> object:
    match value:
        case UUID() | date():
            return value.isoformat() if isinstance(value, date | datetime) else str(value)
        case bytes():
            return base64.b64encode(value).decode()
        case str() if value[:1] in {"[", "{"}:
            return _opened(value)
        case _:
            return value


def _opened(text: str) -> object:
    """What JSON text says; the text where it is none, or is nested more deeply than whoever writes it again can go."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return text
    level = [said]
    for _ in range(_DEEPEST):
        level = [part for one in level for part in _parts(one)]
        if not level:
            return said
    return text


def _parts(said: object) -> Iterable[object]:
    match said:
        case dict():
            return said.values()
        case list():
            return said
        case _:
            return ()


def _repository(tx: Transaction, scope: Scope, table: type[TenantTable]) -> Repository[Any]:
    # One class for each table that names people; which those are the domains say.
    bound = cast("type[Repository[Any]]", type(f"Personal{table.__name__}", (Repository,), {"table": table}))
    return bound(tx, scope)
