"""What a server writes to its log: JSON, line by line, whatever libraries would like to say."""

import json
from pathlib import Path

from tests.durability.replica import replica
from tests.fakes.server import FakeUpstream


async def test_what_is_put_together_at_its_first_use_leaves_nothing_in_the_log_that_is_no_json(
    sqlite_url: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    async with replica(sqlite_url, fake, tmp_path) as server:
        assert (await server.client.post("/api/v1/budgets", json={})).status_code == 422
        assert (await server.client.get("/openapi.json")).status_code == 200
        await server.say(await server.create())
    lines = server.log.read_text().splitlines()
    assert [line for line in lines if "event" not in json.loads(line)] == []
    assert lines
