"""Fixtures for everyone: real databases and a real Redis. How long an example takes says nothing on a busy machine."""

import gc
import os
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import settings

from chimera.bootstrap.settings import compute_on_calling_threads
from tests.hashing import hash_cheaply
from tests.postgres import (
    database,
    database_url,
    handed_on,
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
hash_cheaply()

# A command sets logging up for its whole process, which here is everybody's: no logger may remember its terminal.
_CONFIGURE, _BEFORE = structlog.configure, structlog.get_config()


def _configure_for_now(**options: Any) -> None:
    _CONFIGURE(**options | {"cache_logger_on_first_use": False})


structlog.configure = _configure_for_now


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """Leave what outlives a file (modules, models, caches) out of later collections: they were an eighth of a run."""
    _CONFIGURE(**_BEFORE)
    yield
    if nextitem is None or nextitem.path != item.path:
        gc.collect()
        gc.freeze()


def pytest_configure() -> None:
    """Believe no authority: nobody leaves loopback, and reading all of them takes each HTTP client 20 ms."""
    environment = pytest.MonkeyPatch()
    environment.delenv("SSL_CERT_FILE", raising=False)
    environment.setenv("SSL_CERT_DIR", os.devnull)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let several processes begin with the files that take longest, so that they end together."""
    if hasattr(config, "workerinput"):
        long, tests = Counter[Path](), Counter(item.path for item in items)
        for item in items:
            marks = {mark.name: mark for mark in item.iter_markers()}
            granted = marks["timeout"].args[0] if "timeout" in marks else 60 * len({"slow", "browser"} & marks.keys())
            long[item.path] = max(long[item.path], granted)
        items.sort(key=lambda item: (-long[item.path], -tests[item.path], item.path))


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of every later collection of garbage: it stays, and is large."""
    gc.collect()
    gc.freeze()


__all__ = [
    "database",
    "database_url",
    "handed_on",
    "postgres_server",
    "postgres_template",
    "postgres_url",
    "redis_url",
    "sqlite_template",
    "sqlite_url",
    "unmigrated_postgres",
    "unmigrated_url",
]
