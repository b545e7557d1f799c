"""A real Redis for the tests: Debian's `redis-server` on a unix socket, keeping nothing."""

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def redis_url() -> Generator[str]:
    """Address of an empty Redis that lives as long as the test process.

    It fails, and never skips, where the program is missing.
    """
    program = shutil.which("redis-server")
    if program is None:
        pytest.fail("redis-server is not installed; run: apt-get install -y redis-server", pytrace=False)
    with tempfile.TemporaryDirectory(prefix="chimera-redis-") as folder:
        socket = Path(folder) / "redis.sock"
        command = [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no"]
        process = subprocess.Popen([*command, "--dir", folder], stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            said = ""
            for line in process.stdout:
                said += line
                if "ready to accept connections" in line.lower():
                    break
            else:
                pytest.fail(f"redis-server did not start:\n{said}", pytrace=False)
            yield f"unix://{socket}"
        finally:
            process.terminate()
            process.wait(timeout=10)
            assert process.stdout is not None
            process.stdout.close()


@asynccontextmanager
async def own_redis(path: Path) -> AsyncGenerator[asyncio.subprocess.Process]:
    """A Redis of a test's own, to be frozen and killed, at the socket `path`."""
    program = shutil.which("redis-server")
    assert program, "redis-server is not installed"
    process = await asyncio.create_subprocess_exec(
        *(program, "--port", "0", "--unixsocket", str(path), "--save", "", "--appendonly", "no"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async for line in process.stdout:
            if b"ready to accept" in line.lower():
                break
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
