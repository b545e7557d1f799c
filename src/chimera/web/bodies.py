"""Request bodies, bounded."""

from starlette.requests import Request

from chimera.kit.errors import BodyTooLargeError


async def read_body(request: Request, *, limit: int) -> bytes:
    """Read the body whole.

    Raises:
        BodyTooLargeError: as soon as more than `limit` bytes are announced or have come.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise _too_large(limit)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _too_large(limit: int) -> BodyTooLargeError:
    return BodyTooLargeError(f"The request body is larger than {limit / 1_048_576:g} MiB, the most this server takes.")
