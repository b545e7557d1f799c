"""Request bodies, bounded, for every surface; each answers the refusal in its own shape."""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chimera.kit.errors import BodyTooLargeError

_MEBIBYTE = 1_048_576
_MOST_DIGITS = 18


class BodyRefusedError(HTTPException):
    """Carries a `BodyTooLargeError` through FastAPI, which takes all but its own kind for a body that is no JSON."""

    def __init__(self, limit: int) -> None:
        super().__init__(413)
        self.cause = BodyTooLargeError(
            f"The request body is larger than {limit / _MEBIBYTE:g} MiB, the most this server takes."
        )


@dataclass(frozen=True, slots=True)
class Bounded:
    """Lets at most `limit` bytes of a request's body through to `app`.

    Reading the body raises `BodyRefusedError` as soon as more is announced or has come. What a client still uploads
    after that is read by the server and thrown away, so that it sees the answer.
    """

    app: ASGIApp
    limit: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_announced_too_large = _announced(scope["headers"]) > self.limit
        size = 0

        async def bounded() -> Message:
            nonlocal size
            if is_announced_too_large:
                raise BodyRefusedError(self.limit)
            message = await receive()
            size += len(message.get("body", b""))
            if size > self.limit:
                raise BodyRefusedError(self.limit)
            return message

        await self.app(scope, bounded, send)


def _announced(headers: Iterable[tuple[bytes, bytes]]) -> int:
    for name, value in headers:
        if name == b"content-length" and value.isdigit():
            return int(value[:_MOST_DIGITS])
    return 0
