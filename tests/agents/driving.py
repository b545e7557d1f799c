"""Other people's command-line agents, run as their users run them, with Chimera as the only address they know."""

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

INSTALLED = Path(__file__).parents[2] / "tools" / "agents" / "node_modules" / ".bin"
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What came of a run."""

    status: int | None
    said: str
    complained: str


async def run(program: str, *arguments: str, folder: Path, variables: Mapping[str, str]) -> Ran:
    """Run an installed agent in a folder that is its home as well; no proxy or key of this machine reaches it."""
    process = await asyncio.create_subprocess_exec(
        INSTALLED / program,
        *arguments,
        cwd=folder,
        env={"PATH": f"{Path(sys.executable).parent}:{os.defpath}", "HOME": str(folder), "NO_COLOR": "1", **variables},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            said, complained = await process.communicate()
    except TimeoutError:
        process.kill()
        said, complained = await process.communicate()
    return Ran(status=process.returncode, said=said.decode(), complained=complained.decode())
