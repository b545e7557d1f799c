"""An import as it goes on: how far it is, a few times a second, and what became of it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final

import msgspec

from chimera.conversations.endpoints.documented import EVENT
from chimera.conversations.interchange.importing import Report
from chimera.conversations.interchange.rendering import counts_of, report_read
from chimera.kit.errors import AppError
from chimera.web.problems import problem
from chimera.web.sse import frame

_EVERY_S: Final = 0.25
_EXAMPLE: Final = (
    'event: import.progress\ndata: {"made":120,"extended":0,"unchanged":3,"deleted":0,"failed":1,"messages":4031}\n\n'
)
STREAM: Final[dict[str, Any]] = {
    "description": "What became of it; to `Accept: text/event-stream` as it goes on: `event` is `import.progress` with "
    "the counts so far, and last `import.finished` with all of it, or `import.failed` with a problem.",
    "content": {"text/event-stream": {"schema": EVENT, "example": _EXAMPLE}},
}


async def progress_frames(states: AsyncGenerator[Report], begun: Report, request_id: str) -> AsyncGenerator[bytes]:
    """Server-sent events of a file that is there and is read now; `begun` is the report that grows."""
    now = asyncio.get_running_loop().time
    yield frame("import.progress", msgspec.json.encode(counts_of(begun)))
    told = now()
    try:
        async with aclosing(states):
            async for _ in states:
                if now() - told >= _EVERY_S:
                    yield frame("import.progress", msgspec.json.encode(counts_of(begun)))
                    told = now()
    except AppError as error:
        yield frame("import.failed", msgspec.json.encode(problem(error, request_id)))
    else:
        yield frame("import.finished", report_read(begun).model_dump_json().encode())
