"""Fixtures for everyone: real databases and a real Redis. How long an example takes says nothing on a busy machine."""

from typing import Any

import structlog
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

# A command sets logging up for its whole process, which here is everybody's: no logger may remember its terminal.
_CONFIGURE, _BEFORE = structlog.configure, structlog.get_config()


def _configure_for_now(**options: Any) -> None:
    _CONFIGURE(**options | {"cache_logger_on_first_use": False})


structlog.configure = _configure_for_now


def pytest_runtest_teardown() -> None:
    _CONFIGURE(**_BEFORE)


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
