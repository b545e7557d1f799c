"""`POST /v1/files`: the form is read while it comes in, and its file goes to the database piece by piece."""

from contextlib import AsyncExitStack, aclosing
from typing import Final

from starlette.requests import Request

from chimera.batches.service import FileInfo, Files, FileWriter
from chimera.compat.openai.forms import PartBegun, PartData, form_events
from chimera.kit.errors import InvalidRequestError, UnsupportedParameterError
from chimera.kit.scope import Scope

PURPOSES: Final = ("assistants", "batch", "evals", "fine-tune", "user_data", "vision")
SHORTEST_LIFE_S: Final = 3600
LONGEST_LIFE_S: Final = 30 * 86_400
_FIELDS: Final = ("purpose", "expires_after[anchor]", "expires_after[seconds]")
_LONGEST_FIELD: Final = 1024


async def take_upload(files: Files, scope: Scope, request: Request) -> FileInfo:
    """Keep the file of a form.

    Raises:
        InvalidRequestError: if a field is missing or wrong; then nothing is kept.
        BodyTooLargeError: if the file is too large.
    """
    async with AsyncExitStack() as stack:
        upload = _Upload(files, scope, stack)
        async with aclosing(form_events(request)) as events:
            async for event in events:
                match event:
                    case PartBegun():
                        await upload.begin(event)
                    case PartData():
                        await upload.take(event.data)
                    case _:
                        pass
        return await upload.end()


class _Upload:
    def __init__(self, files: Files, scope: Scope, stack: AsyncExitStack) -> None:
        self._files = files
        self._scope = scope
        self._stack = stack
        self._writer: FileWriter | None = None
        self._fields: dict[str, bytes] = {}
        self._current: str | None = None

    async def begin(self, part: PartBegun) -> None:
        if part.name == "file" and part.filename is not None:
            if self._writer is not None:
                raise InvalidRequestError("Send one file at a time.", field="file")
            self._current = None
            self._writer = await self._stack.enter_async_context(self._files.writing(self._scope, part.filename))
        elif part.name in _FIELDS:
            self._current = part.name
            self._fields[part.name] = b""
        elif part.name == "file":
            raise InvalidRequestError("The file must come with its name, as files in forms do.", field="file")
        else:
            raise UnsupportedParameterError(f"There is no field {part.name[:100]!r}.", field=part.name[:100])

    async def take(self, data: bytes) -> None:
        if self._current is None:
            assert self._writer is not None, "a part that is no field is the file"
            await self._writer.write(data)
            return
        self._fields[self._current] += data
        if len(self._fields[self._current]) > _LONGEST_FIELD:
            raise InvalidRequestError("This field is too long.", field=self._current)

    async def end(self) -> FileInfo:
        if self._writer is None:
            raise InvalidRequestError("The form has no file.", field="file")
        purpose = self._field("purpose")
        if purpose not in PURPOSES:
            raise InvalidRequestError(f"`purpose` must be one of {', '.join(PURPOSES)}.", field="purpose")
        lasts_s = self._lasts_s()
        return await self._files.finish(self._scope, self._writer, purpose=purpose, lasts_s=lasts_s)

    def _field(self, name: str) -> str | None:
        value = self._fields.get(name)
        return None if value is None else value.decode("utf-8", "replace").strip()

    def _lasts_s(self) -> int | None:
        anchor, seconds = self._field("expires_after[anchor]"), self._field("expires_after[seconds]")
        if anchor is None and seconds is None:
            return None
        if anchor != "created_at":
            raise InvalidRequestError("`expires_after[anchor]` must be `created_at`.", field="expires_after.anchor")
        is_number = seconds is not None and len(seconds) < 9 and seconds.isascii() and seconds.isdigit()
        return check_life_s(int(seconds) if seconds is not None and is_number else 0, field="expires_after.seconds")


def check_life_s(seconds: int, *, field: str) -> int:
    """Return for how long a file is to be kept, if it may be.

    Raises:
        InvalidRequestError: for less than an hour or more than 30 days.
    """
    if not SHORTEST_LIFE_S <= seconds <= LONGEST_LIFE_S:
        raise InvalidRequestError(f"It must be between {SHORTEST_LIFE_S} and {LONGEST_LIFE_S} seconds.", field=field)
    return seconds
