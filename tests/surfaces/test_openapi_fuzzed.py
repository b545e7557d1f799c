"""`/openapi.json` is kept whatever is sent: schemathesis draws requests by chance, beside its walk over the corners."""

from pathlib import Path

import pytest
from tests.serving import Running
from tests.surfaces.requirements import requirement
from tests.surfaces.schemathesis_walk import PATIENCE_S, walk


@requirement("openapi.kept", "errors.fuzzed")
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.timeout(PATIENCE_S + 10)
async def test_schemathesis_draws_nothing_that_is_not_answered_as_described(standing: Running, tmp_path: Path) -> None:
    """Good and spoilt requests to every operation, and some that go on from each other's answers."""
    asked = await walk(standing, tmp_path, "fuzzing", "stateful")
    # Without two whose fields are those of another.
    assert asked["tested"] == asked["total"] - 2 > 300
