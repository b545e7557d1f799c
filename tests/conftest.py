"""Fixtures for everyone: real databases and a real Redis. How long an example takes says nothing on a busy machine."""

from hypothesis import settings

from chimera.bootstrap.settings import compute_on_calling_threads
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

settings.register_profile("chimera", deadline=None)
settings.load_profile("chimera")
compute_on_calling_threads()

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
