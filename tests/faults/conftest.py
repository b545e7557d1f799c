"""Every provider in front of one fake, with short patience, and a client."""

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx2
import pytest
from tests.fakes.answer import Answer
from tests.fakes.server import FakeUpstream
from tests.serving import HOSTED, Running, running

BACKUP = "backup/some-model"


@pytest.fixture
async def fake() -> AsyncGenerator[FakeUpstream]:
    async with FakeUpstream(retry_after_s=0.05, answer=Answer(text="One two three four.", chunks=4)) as upstream:
        yield upstream


def impatient(fake: FakeUpstream, folder: Path) -> dict[str, object]:
    """Flags of a house with every provider before the fake, the same at a dead address, and a backup."""
    patience = {"api_key": "key", "idle_timeout_s": 0.5}
    entries = [{"kind": kind, "base_url": fake.base_url(kind)} | patience for kind in HOSTED]
    dead = [
        {"kind": kind, "name": f"dead-{kind}", "base_url": fake.base_url(kind, unreachable=True)} | patience
        for kind in HOSTED
    ]
    backup = {"kind": "openai_compatible", "name": "backup", "base_url": fake.base_url("openai_compatible")}
    limits = {"first_token_timeout_s": 1.2, "whole_answer_timeout_s": 0.8}
    return {"data_dir": folder, **limits, "providers": [*entries, *dead, backup]}


@pytest.fixture
async def chimera(fake: FakeUpstream, sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Running]:
    async with running(sqlite_url, {}, impatient(fake, tmp_path)) as server:
        yield server


@pytest.fixture
async def client() -> AsyncGenerator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(timeout=15) as http:
        yield http
