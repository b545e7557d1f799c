"""The lines of a batch: read from its input file, judged, and written to its output files. Pure.

The format is OpenAI's: https://platform.openai.com/docs/api-reference/batch/request-input
"""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from chimera.batches.errors import LineTooLongError

MOST_LINES: Final = 50_000
MOST_FAULTS: Final = 100
LONGEST_CUSTOM_ID: Final = 512
_SHOWN: Final = 100
_UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)


class LineSplitter:
    """Cuts content into lines, in whatever pieces it comes. Empty lines are counted and not given.

    Args:
        longest: Bytes of the longest line.
    """

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._rest: list[bytes] = []
        self._size = 0
        self._number = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Give the lines that these bytes complete, each with its number from 1.

        Raises:
            LineTooLongError: if one is longer than allowed.
        """
        *whole, rest = data.split(b"\n")
        for piece in whole:
            self._hold(piece)
            yield from self._complete()
        self._hold(rest)

    def close(self) -> Iterator[tuple[int, bytes]]:
        """Give the last line, if no newline ends it."""
        yield from self._complete()

    def _hold(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._longest:
            raise LineTooLongError(self._number + 1)
        if piece:
            self._rest.append(piece)

    def _complete(self) -> Iterator[tuple[int, bytes]]:
        line, self._rest, self._size = b"".join(self._rest).strip(), [], 0
        self._number += 1
        if line:
            yield self._number, line.removeprefix(b"\xef\xbb\xbf") if self._number == 1 else line


class LineRequest(Struct, frozen=True, kw_only=True):
    """One line of the input.

    Attributes:
        body: The request's body, byte for byte.
    """

    custom_id: str
    method: str
    url: str
    body: Raw


class _Body(Struct, frozen=True, kw_only=True):
    stream: bool | None = None


class Fault(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What is wrong with a batch's input; `line` from 1, `None` for the whole file."""

    code: str
    message: str
    param: str | None = None
    line: int | None = None


_REQUEST: Final = msgspec.json.Decoder(LineRequest)
_BODY: Final = msgspec.json.Decoder(_Body)


def read_line(line: bytes) -> LineRequest:
    """Read a line that was judged before."""
    return _REQUEST.decode(line)


class Judge:
    """Looks at every line of an input, in their order, and remembers what it needs: 16 bytes a line.

    Attributes:
        total: Lines seen.
        faults: What was wrong, the first hundred.
    """

    def __init__(self, endpoint: str) -> None:
        self.total = 0
        self.faults: list[Fault] = []
        self._endpoint = endpoint
        self._seen: set[bytes] = set()

    def look_at(self, number: int, line: bytes) -> None:
        """Take note of a line and of what is wrong with it, if anything."""
        self.total += 1
        fault = self._too_many() if self.total > MOST_LINES else self._fault(line)
        if fault is not None and len(self.faults) < MOST_FAULTS:
            self.faults.append(replace(fault, line=number))

    @property
    def has_seen_enough(self) -> bool:
        return len(self.faults) >= MOST_FAULTS or self.total > MOST_LINES

    def verdict(self) -> list[Fault]:
        """All faults, when every line was looked at."""
        if self.total == 0:
            return [Fault(code="empty_file", message="The input file is empty: it needs one JSON object a line.")]
        return self.faults

    def _too_many(self) -> Fault:
        return Fault(code="too_many_requests", message=f"A batch has {MOST_LINES:,} requests at most. Split the file.")

    def _fault(self, line: bytes) -> Fault | None:
        try:
            asked = _REQUEST.decode(line)
        except msgspec.ValidationError as error:
            return Fault(code="invalid_request", message=f"This is not a request: {error}.")
        except _UNREADABLE:
            return Fault(code="invalid_json_line", message="This line is not valid JSON in UTF-8.")
        return self._fault_of(asked)

    def _fault_of(self, asked: LineRequest) -> Fault | None:
        if not 0 < len(asked.custom_id) <= LONGEST_CUSTOM_ID:
            message = f"`custom_id` must have 1 to {LONGEST_CUSTOM_ID} characters."
            return Fault(code="invalid_custom_id", message=message, param="custom_id")
        digest = blake2b(asked.custom_id.encode(errors="surrogatepass"), digest_size=16).digest()
        if digest in self._seen:
            message = f"The `custom_id` {asked.custom_id[:_SHOWN]!r} was used before: each line needs its own."
            return Fault(code="duplicate_custom_id", message=message, param="custom_id")
        self._seen.add(digest)
        if asked.method != "POST":
            return Fault(code="invalid_method", message="`method` must be `POST`.", param="method")
        if asked.url != self._endpoint:
            message = f"`url` must be the batch's endpoint, `{self._endpoint}`."
            return Fault(code="mismatched_endpoint", message=message, param="url")
        return _fault_of_body(asked.body)


def _fault_of_body(body: Raw) -> Fault | None:
    try:
        asked = _BODY.decode(body)
    except msgspec.DecodeError as error:
        return Fault(code="invalid_body", message=f"This is not the body of a request: {error}.", param="body")
    if asked.stream:
        return Fault(code="invalid_body", message="A batch has no streams: leave `stream` out.", param="body.stream")
    return None


class LineResponse(Struct, frozen=True, kw_only=True):
    status_code: int
    request_id: str
    body: Raw


class LineError(Struct, frozen=True, kw_only=True):
    code: str
    message: str


class LineResult(Struct, frozen=True, kw_only=True):
    """One line of an output file: a response, or why there is none."""

    id: str
    custom_id: str
    response: LineResponse | None = None
    error: LineError | None = None


def write_line(result: LineResult) -> bytes:
    """Return the line, without its newline."""
    return msgspec.json.encode(result)
