"""A copy that is made as the guide says is a whole house."""

import asyncio
import re
import shlex
import sys
from pathlib import Path

import httpx2
from tests.bootstrap.terminal import ended_of, typed
from tests.serving import API_KEY, ROOT_KEY, running

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "backups.md"


def command(source: str, target: Path) -> list[str]:
    """What the guide says, over other files."""
    found = re.search(r"^\.venv/bin/python .* data/chimera\.db backup\.db$", GUIDE.read_text(), re.MULTILINE)
    assert found is not None
    return [sys.executable, *shlex.split(found[0])[1:-2], source, str(target)]


async def test_a_copy_that_is_made_beside_a_running_server_serves(sqlite_url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy" / "chimera.db"
    await asyncio.to_thread(copy.parent.mkdir)
    async with running(sqlite_url, {}) as server, httpx2.AsyncClient(headers=server.headers) as http:
        said = await http.post(f"{server.url}/api/v1/conversations", json={"title": "Kept"})
        ended = await ended_of(command(sqlite_url.removeprefix("sqlite:///"), copy), {})
        assert (said.status_code, ended.code, ended.err) == (201, 0, "")
    env = {"CHIMERA_DATA_DIR": str(copy.parent), "CHIMERA_ROOT_KEY": ROOT_KEY, "CHIMERA_LOCAL_MODEL": "off"}
    for words in (("spend", "reconcile"), ("audit", "verify")):
        assert (await typed(*words, env=env)).code == 0
    async with (
        running(f"sqlite:///{copy}", {}) as server,
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {API_KEY}"}) as http,
    ):
        kept = (await http.get(f"{server.url}/api/v1/conversations/{said.json()['id']}")).json()
    assert kept["title"] == "Kept"
