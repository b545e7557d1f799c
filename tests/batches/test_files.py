"""Files in the database: in chunks, seen when complete, gone when their time is over."""

import base64
from datetime import timedelta

import pytest
from tests.batches.house import House, somebody
from tests.holding import hold, release

from chimera.batches.errors import StoredFileNotFoundError
from chimera.batches.repository import FileChunks
from chimera.batches.service.files import CHUNK
from chimera.kit.errors import BodyTooLargeError, InvalidRequestError
from chimera.store.errors import UnderLegalHoldError


class ClientLeftError(Exception):
    """Stands for whatever ends an upload."""


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 4 * CHUNK, 9 * CHUNK + 7])
async def test_what_is_read_is_what_was_written(house: House, size: int) -> None:
    mine = somebody()
    content = bytes(number % 251 for number in range(size))
    async with house.files.writing(mine, "a.bin") as writer:
        for start in range(0, size, 100_003):
            await writer.write(content[start : start + 100_003])
        info = await house.files.finish(mine, writer, purpose="user_data", lasts_s=None)
    assert info.size == size
    assert await house.files.info(mine, info.id) == info
    assert await house.read(mine, info.id) == content
    async with house.database.reading(mine) as tx:
        chunks = [len(row.data) for row in await tx.scalars(FileChunks(tx, mine).mine())]
    assert sorted(chunks, reverse=True) == [CHUNK] * (size // CHUNK) + [size % CHUNK] * (size % CHUNK > 0)


async def test_an_upload_that_breaks_off_leaves_nothing(house: House) -> None:
    mine = somebody()

    async def upload() -> None:
        async with house.files.writing(mine, "a.bin") as writer:
            await writer.write(bytes(5 * CHUNK))
            with pytest.raises(StoredFileNotFoundError):
                await house.files.info(mine, writer.id)
            raise ClientLeftError

    with pytest.raises(ClientLeftError):
        await upload()
    async with house.database.reading(mine) as tx:
        assert await FileChunks(tx, mine).count() == 0


async def test_a_file_that_is_too_large_is_refused_at_once(house: House) -> None:
    mine = somebody()
    with pytest.raises(BodyTooLargeError):
        async with house.files.writing(mine, "a.bin", largest=CHUNK) as writer:
            await writer.write(bytes(CHUNK + 1))


async def test_a_file_is_gone_when_its_time_is_over(house: House) -> None:
    mine = somebody()
    short = await house.file(mine, b"short", lasts_s=3600)
    long = await house.file(mine, b"long", lasts_s=7200)
    for_ever = await house.file(mine, b"for ever")
    house.ahead = timedelta(seconds=3601)
    with pytest.raises(StoredFileNotFoundError):
        await house.files.info(mine, short)
    found, more = await house.files.recent(mine, purpose=None, after=None, limit=10, oldest_first=True)
    assert ([file.id for file in found], more) == ([long, for_ever], False)

    sweeper = house.sweeper
    assert await sweeper.sweep() == 1
    assert await sweeper.sweep() == 0
    assert await house.read(mine, short) == b""
    assert await house.read(mine, long) == b"long"


async def test_a_legal_hold_keeps_files_from_their_owner_and_from_their_time(house: House) -> None:
    mine, other = somebody(), somebody()
    short = await house.file(mine, b"short", lasts_s=3600)
    others = await house.file(other, b"another's", lasts_s=3600)
    held = await hold(house.database, mine)
    with pytest.raises(UnderLegalHoldError):
        await house.files.delete(mine, short)
    with pytest.raises(StoredFileNotFoundError):
        await house.files.delete(mine, others)
    house.ahead = timedelta(seconds=3601)
    assert await house.sweeper.sweep() == 1
    assert await house.read(mine, short) == b"short"
    await release(house.database, mine, held)
    assert await house.sweeper.sweep() == 1


async def test_an_upload_whose_server_died_is_swept_a_day_later(house: House) -> None:
    mine, sweeper = somebody(), house.sweeper
    upload = house.files.writing(mine, "a.bin")
    writer = await upload.__aenter__()
    await writer.write(bytes(5 * CHUNK))
    assert await sweeper.sweep() == 0
    house.ahead = timedelta(days=1, seconds=1)
    assert await sweeper.sweep() == 1
    async with house.database.reading(mine) as tx:
        assert await FileChunks(tx, mine).count() == 0
    await upload.__aexit__(None, None, None)


async def test_a_file_becomes_a_part_of_a_message(house: House) -> None:
    mine = somebody()
    file_id = await house.file(mine, b"%PDF-1.7", "report.pdf", purpose="user_data")
    document = await house.files.resolve(mine, file_id)
    assert document.name == "report.pdf"
    assert document.url == "data:application/pdf;base64," + base64.b64encode(b"%PDF-1.7").decode()
    large = await house.file(mine, bytes(33 * 2**20), "large.pdf")
    with pytest.raises(InvalidRequestError):
        await house.files.resolve(mine, large)
    for other in (somebody(), somebody(mine.tenant_id)):
        with pytest.raises(StoredFileNotFoundError):
            await house.files.resolve(other, file_id)
