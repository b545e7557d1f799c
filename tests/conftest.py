"""Fixtures for everyone: real databases and a real Redis."""

from tests.postgres import (
    database,
    database_url,
    postgres_server,
    postgres_template,
    postgres_url,
    sqlite_template,
    sqlite_url,
    unmigrated_postgres,
    unmigrated_url,
)
from tests.redis_server import redis_url

__all__ = [
    "database",
    "database_url",
    "postgres_server",
    "postgres_template",
    "postgres_url",
    "redis_url",
    "sqlite_template",
    "sqlite_url",
    "unmigrated_postgres",
    "unmigrated_url",
]
