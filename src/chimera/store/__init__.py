"""SQLAlchemy plumbing: the database, its transactions, base tables and tenant-scoped repositories."""

from chimera.store.columns.plain import JsonText, UtcDateTime
from chimera.store.columns.sealed import SealedBytes, SealedText
from chimera.store.database import Database, Transaction, connect
from chimera.store.errors import (
    DatabaseUnavailableError,
    DatabaseUrlError,
    RowSecurityError,
    SchemaMismatchError,
    ScopeMismatchError,
    UnsafeDatabaseRoleError,
)
from chimera.store.inserting import add_up, insert_into
from chimera.store.paging import Page
from chimera.store.repository import Repository, SystemRepository
from chimera.store.tables import Table, TenantTable

__all__ = [
    "Database",
    "DatabaseUnavailableError",
    "DatabaseUrlError",
    "JsonText",
    "Page",
    "Repository",
    "RowSecurityError",
    "SchemaMismatchError",
    "ScopeMismatchError",
    "SealedBytes",
    "SealedText",
    "SystemRepository",
    "Table",
    "TenantTable",
    "Transaction",
    "UnsafeDatabaseRoleError",
    "UtcDateTime",
    "add_up",
    "connect",
    "insert_into",
]
