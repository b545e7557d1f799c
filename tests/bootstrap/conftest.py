"""A house that costs nothing to look at, and a fake upstream."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from tests.fakes import FakeUpstream


@pytest.fixture
async def fake() -> AsyncGenerator[FakeUpstream]:
    async with FakeUpstream(keys={"good-key"}) as upstream:
        yield upstream


@pytest.fixture
def small_house(tmp_path: Path) -> dict[str, str]:
    """Settings of a house in an empty folder, without the embedded model, on any port."""
    return {"CHIMERA_DATA_DIR": str(tmp_path / "data"), "CHIMERA_LOCAL_MODEL": "off", "CHIMERA_PORT": "0"}
