"""Large files, to and from a server process whose memory is watched."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.durability.replica import Replica, replica
from tests.fakes.server import FakeUpstream
from tests.surfaces.requirements import requirement
from tests.surfaces.shapes import refused

MEBIBYTE = 1_048_576
SIZE = 50 * MEBIBYTE
BLOCK = bytes(range(256)) * 1024
HEAD = (
    b'--b\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nuser_data\r\n'
    b'--b\r\ncontent-disposition: form-data; name="file"; filename="large.bin"\r\n\r\n'
)
FORM = {"content-type": "multipart/form-data; boundary=b"}


async def form(size: int) -> AsyncIterator[bytes]:
    yield HEAD
    for _ in range(size // len(BLOCK)):
        yield BLOCK
    yield b"\r\n--b--\r\n"


def most_memory(server: Replica) -> int:
    """Bytes of memory that the process ever held at once."""
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


@requirement("files.large", "errors.body_too_large")
@pytest.mark.parametrize("engine", ["sqlite_url", "postgres_url"])
async def test_a_file_of_50_mib_passes_without_being_in_memory(
    request: pytest.FixtureRequest, engine: str, fake: FakeUpstream, tmp_path: Path
) -> None:
    database_url = request.getfixturevalue(engine)
    async with replica(database_url, fake, tmp_path, max_file_mb="51", max_body_mb="1") as server:
        small = await server.client.post("/v1/files", content=form(4 * MEBIBYTE), headers=FORM)
        assert small.status_code == 200, small.text
        before = most_memory(server)
        made = await server.client.post("/v1/files", content=form(SIZE), headers=FORM)
        assert made.status_code == 200, made.text
        assert made.json()["bytes"] == SIZE

        read = hashlib.sha256()
        async with server.client.stream("GET", f"/v1/files/{made.json()['id']}/content") as content:
            assert content.headers["content-length"] == str(SIZE)
            async for piece in content.aiter_bytes():
                read.update(piece)
        assert read.digest() == hashlib.sha256(BLOCK * (SIZE // len(BLOCK))).digest()
        assert most_memory(server) - before < 20 * MEBIBYTE

        larger = await server.client.post("/v1/files", content=form(SIZE + 4 * MEBIBYTE), headers=FORM)
        assert (larger.status_code, refused(larger)) == (413, "body_too_large")
        assert len((await server.client.get("/v1/files")).json()["data"]) == 2
