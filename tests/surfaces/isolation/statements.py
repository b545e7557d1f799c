"""Every statement that the server sends, and for whom: what row-level security is on PostgreSQL, this is on SQLite."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session

from chimera.store import Database, Table, TenantTable

FOR_WHOM = "for_whom"


@dataclass(frozen=True, slots=True)
class Statements:
    """What was asked of tables that belong to tenants, outside of system transactions.

    Attributes:
        offences: Statements that do not bind the id of the tenant whose transaction it is.
    """

    tables: re.Pattern[str]
    seen: set[str] = field(default_factory=set)
    offences: set[str] = field(default_factory=set)

    def note(self, whom: object, statement: str, parameters: Any) -> None:
        if not isinstance(whom, UUID) or not self.tables.search(statement):
            return
        self.seen.add(statement)
        runs = parameters if isinstance(parameters, list) else [parameters]
        if not all(whom.hex in {_plain(value) for value in _values(run)} for run in runs):
            self.offences.add(statement)


@contextmanager
def watching(database: Database) -> Generator[Statements]:
    """Note all statements of a database until the context is left."""
    names = [m.local_table.name for m in Table.registry.mappers if issubclass(m.class_, TenantTable)]
    statements = Statements(re.compile(rf"\b({'|'.join(names)})\b"))

    def begun(session: Session, _transaction: object, connection: Any) -> None:
        connection.info[FOR_WHOM] = session.info.get(FOR_WHOM)

    def asked(connection: Any, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        statements.note(connection.info.get(FOR_WHOM), statement, parameters)

    engines = (database.writer.sync_engine, database.reader.sync_engine)
    event.listen(Session, "after_begin", begun)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", asked)
    try:
        yield statements
    finally:
        event.remove(Session, "after_begin", begun)
        for engine in engines:
            event.remove(engine, "before_cursor_execute", asked)


def _values(run: Any) -> Any:
    return run.values() if isinstance(run, dict) else run


def _plain(value: object) -> object:
    return value.hex if isinstance(value, UUID) else value
