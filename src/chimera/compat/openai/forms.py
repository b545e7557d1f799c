"""Multipart forms, read as they come in: fields, and files that may be too large for the memory."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final, TypeAlias

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.requests import ClientDisconnect, Request

from chimera.kit.errors import InvalidRequestError
from chimera.web.refusals import UnsupportedMediaTypeError

_LONGEST_NAME: Final = 1024
# Each costs as much time as 10 KB of content; no endpoint has a tenth as many fields.
_MOST_PARTS: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class PartBegun:
    """A part begins; only files have a `filename`."""

    name: str
    filename: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartData:
    """More of the part.

    Attributes:
        start: Where it began in the bytes that were fed last.
    """

    data: bytes
    start: int


@dataclass(frozen=True, slots=True)
class PartEnded:
    """The part is complete."""


FormEvent: TypeAlias = PartBegun | PartData | PartEnded


class FormReader:
    """Turns the bytes of a form into events. Pure.

    Args:
        boundary: What the header says.
    """

    def __init__(self, boundary: bytes) -> None:
        self._events: list[FormEvent] = []
        self._field = b""
        self._value = b""
        self._disposition = b""
        self._is_over = False
        self._parts = 0
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._on_part_begin,
                    "on_part_data": self._on_part_data,
                    "on_part_end": lambda: self._events.append(PartEnded()),
                    "on_header_field": self._on_header_field,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_finished,
                    "on_end": self._on_end,
                },
            )
        except FormParserError as error:
            raise _malformed() from error

    def feed(self, data: bytes) -> list[FormEvent]:
        """Return what these bytes tell.

        Raises:
            InvalidRequestError: if they are no form.
        """
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _malformed() from error
        events, self._events = self._events, []
        return events

    def close(self) -> None:
        """Note the end of the body.

        Raises:
            InvalidRequestError: if the form had not ended.
        """
        if not self._is_over:
            raise InvalidRequestError("The form broke off.")

    def _on_part_begin(self) -> None:
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise InvalidRequestError(f"A form has {_MOST_PARTS} fields at most.")
        self._disposition = self._field = self._value = b""

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._events.append(PartData(data=data[start:end], start=start))

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value
        self._field = self._value = b""

    def _on_headers_finished(self) -> None:
        kind, options = parse_options_header(self._disposition)
        name = options.get(b"name")
        if kind != b"form-data" or name is None:
            raise _malformed()
        filename = options.get(b"filename")
        self._events.append(PartBegun(name=_text(name), filename=None if filename is None else _text(filename)))

    def _on_end(self) -> None:
        self._is_over = True


def boundary_of(request: Request) -> bytes:
    """What separates the parts of the request's form.

    Raises:
        UnsupportedMediaTypeError: if the body is no multipart form.
        InvalidRequestError: if the header does not name the boundary.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data":
        raise UnsupportedMediaTypeError("Send a form: `content-type: multipart/form-data` with its boundary.")
    boundary = options.get(b"boundary")
    if not boundary:
        raise _malformed()
    return boundary


async def form_events(request: Request) -> AsyncGenerator[FormEvent]:
    """The events of the request's form, as it comes in.

    Raises:
        InvalidRequestError: if it is no form, or the client left before it had sent all.
    """
    reader = FormReader(boundary_of(request))
    try:
        async for data in request.stream():
            for event in reader.feed(data):
                yield event
    except ClientDisconnect as error:
        raise InvalidRequestError("The body broke off.") from error
    reader.close()


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace").replace("\x00", "")[:_LONGEST_NAME]


def _malformed() -> InvalidRequestError:
    return InvalidRequestError("The body is not a multipart form as its `content-type` says.")
