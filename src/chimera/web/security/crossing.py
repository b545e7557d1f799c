"""Pages of other sites that may ask: what they are told beforehand, and what of their requests does not count."""

from typing import Final

from starlette.types import Scope, Send

_PREFLIGHT_S: Final = b"600"
_ASKED_HEADERS: Final = (
    b"authorization, content-type, x-api-key, x-goog-api-key, api-key, anthropic-version, idempotency-key"
)
_ASKED_METHODS: Final = b"GET, POST, PUT, PATCH, DELETE"


def without_cookies(scope: Scope) -> Scope:
    """The request as another site's page may make it: whatever cookie came along does not count."""
    return {**scope, "headers": [header for header in scope["headers"] if header[0] != b"cookie"]}


def without_origin(scope: Scope) -> Scope:
    """As `without_cookies`, for a socket: it may come from that site, so nobody needs to look at the origin again."""
    dropped = {b"cookie", b"origin", b"sec-fetch-site"}
    return {**scope, "headers": [header for header in scope["headers"] if header[0] not in dropped]}


def is_preflight(scope: Scope) -> bool:
    return scope["method"] == "OPTIONS" and any(
        name == b"access-control-request-method" for name, _ in scope["headers"]
    )


async def answer_preflight(send: Send) -> None:
    """Say what a page of an admitted origin may send."""
    headers = [
        (b"access-control-allow-methods", _ASKED_METHODS),
        (b"access-control-allow-headers", _ASKED_HEADERS),
        (b"access-control-max-age", _PREFLIGHT_S),
        (b"content-length", b"0"),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
