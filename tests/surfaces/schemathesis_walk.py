"""A walk of schemathesis over the whole of `/openapi.json`, against a standing server."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import httpx2
from tests.serving import Running
from tests.surfaces.description import described

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
PATIENCE_S = 600  # several times what it takes, on machines that others use as well


async def walk(standing: Running, folder: Path, *phases: str) -> dict[str, int]:
    """Let these phases find nothing that is not as described.

    Returns:
        How many operations there are in `total`, and how many of them were asked anything in `tested`.
    """
    await described(standing)  # made at the first look, for which schemathesis does not wait long
    program = Path(sys.executable).with_name("schemathesis")
    command = [
        *("env", f"SCHEMATHESIS_HOOKS={HOOKS}"),
        *(str(program), "--config-file", str(CONFIGURATION), "run", f"{standing.url}/openapi.json"),
        *("--header", f"Authorization: Bearer {standing.key}", "--no-color", "--phases", ",".join(phases)),
        *("--report", "json", "--report-json-path", str(folder / "report.json")),
    ]
    process = await asyncio.create_subprocess_exec(*command, cwd=folder, stdout=PIPE, stderr=STDOUT)
    try:
        async with asyncio.timeout(PATIENCE_S):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        raise
    assert process.returncode == 0, said.decode()
    report = json.loads((folder / "report.json").read_text())
    assert {name for name, phase in report["phases"].items() if phase["status"] == "success"} == set(phases)
    async with httpx2.AsyncClient(base_url=standing.url, headers=standing.headers) as http:
        assert (await http.get("/v1/models")).is_success  # it did not walk without a key from some point on
    operations: dict[str, int] = report["operations"]
    return operations
