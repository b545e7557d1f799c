"""Keys in addresses, `?key=…`, as Google's API takes them: on its addresses only, and out of them at once."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

_HEADER = b"x-goog-api-key"
_ADDRESSES = ("/v1beta/", "/v1/models")


@dataclass(frozen=True, slots=True)
class AddressKey:
    """Moves the key from the address to the header that Google's SDKs send: addresses end up in logs."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query: bytes = scope.get("query_string", b"")
        if b"key=" in query and scope["path"].startswith(_ADDRESSES):
            told = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
            key = next((value for name, value in told if name == "key"), None)
            scope["query_string"] = urlencode([pair for pair in told if pair[0] != "key"]).encode()
            if key and not any(name == _HEADER for name, _ in scope["headers"]):
                # Changed in place: the outer layers look for their marks in this very scope.
                scope["headers"] = [*scope["headers"], (_HEADER, key.encode("utf-8", "replace"))]
        await self.app(scope, receive, send)
