"""The files in which a batch ends: one line a request, the good ones in one file, the others in another."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Final

import msgspec
import structlog

from chimera.batches.lines import Fault
from chimera.batches.repository import BatchResults
from chimera.batches.service.files import Files, FileWriter
from chimera.batches.service.lease import Lease
from chimera.batches.states import BatchStatus
from chimera.crypto.sealing import KeyDestroyedError

log = structlog.get_logger()

OUTPUT_PURPOSE: Final = "batch_output"
LOST: Final = Fault(code=KeyDestroyedError.code, message="The key of its lines or results was destroyed.")
# Results are some kilobytes each, and seldom a megabyte.
_AT_ONCE: Final = 20
_NO_LIMIT: Final = 2**62


async def write_outputs(lease: Lease, files: Files, ending: BatchStatus, faults: Sequence[Fault] = ()) -> None:
    """Write both files and end the batch, all seen at once or not at all. Done again, it does the same again.

    Results whose key was destroyed are left out, and the batch is not complete then.
    """
    async with AsyncExitStack() as stack:
        written: dict[bool, FileWriter] = {}
        is_lost = False
        for good in (True, False):
            writer, some_lost = await _write(lease, files, stack, good=good)
            is_lost |= some_lost
            if writer is not None:
                written[good] = writer
        if is_lost:
            ending = BatchStatus.FAILED if ending is BatchStatus.COMPLETED else ending
            faults = [*(fault for fault in faults if fault != LOST), LOST]
        expires_at = files.expiry(lease.batch.output_lasts_s)
        async with lease.held() as (tx, row):
            for writer in written.values():
                await writer.finish(tx, purpose=OUTPUT_PURPOSE, expires_at=expires_at)
            row.output_file_id = written[True].id if True in written else None
            row.error_file_id = written[False].id if False in written else None
            row.faults = msgspec.json.encode(faults).decode() if faults else None
            row.status = ending.value
            row.moments = row.moments | {ending.value: int(lease.clock().timestamp())}
            await BatchResults(tx, lease.scope).forget(row.id)
            ended = {"status": row.status, "total": row.total, "completed": row.completed, "failed": row.failed}
    log.info("batch.ended", batch_id=str(lease.batch.id), **ended)


async def _write(lease: Lease, files: Files, stack: AsyncExitStack, *, good: bool) -> tuple[FileWriter | None, bool]:
    """Write the results of one kind; no file where there are none. Tell also whether some of them are lost."""
    writer: FileWriter | None = None
    number, is_lost = 0, False
    while True:
        async with files.database.reading(lease.scope) as tx:
            results = await BatchResults(tx, lease.scope).after(lease.batch.id, number, good=good, limit=_AT_ONCE)
        if not results:
            break
        number = results[-1].number
        readable = [result.line for result in results if result.line]
        is_lost |= len(readable) < len(results)
        if writer is None and readable:
            name = f"{lease.batch.id.hex}_{'output' if good else 'error'}.jsonl"
            writer = await stack.enter_async_context(files.writing(lease.scope, name, largest=_NO_LIMIT))
        for line in readable:
            assert writer is not None, "begun with the first line"
            await writer.write(line + b"\n")
    if writer is not None:
        await writer.flush()
    return writer, is_lost
