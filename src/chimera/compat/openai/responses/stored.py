"""Stored responses: retrieved, streamed again, cancelled, deleted, and what they were made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.types import Send

from chimera.compat.exchange import Surface, path_parameter, send_json
from chimera.compat.openai.responses.following import send_events
from chimera.kit.errors import InvalidRequestError
from chimera.kit.scope import Scope
from chimera.responses.service import BEFORE_ALL, Responses
from chimera.tenancy.permissions import CHAT, require

_LARGEST_PAGE: Final = 100
_USUAL_PAGE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredResponses:
    """The endpoints at `/v1/responses/{response_id}`."""

    responses: Responses

    async def retrieve(self, surface: Surface, scope: Scope, request: Request, send: Send) -> None:
        require(scope, CHAT)
        name = path_parameter(request.scope, "response_id")
        after = _number(request, "starting_after", BEFORE_ALL, at_least=0)
        if not _flag(request, "stream"):
            await send_json(send, await self.responses.archive.get(scope, name), [])
            return
        found = await self.responses.readers.find(scope, name)
        await send_events(self.responses.readers, scope, found, after, request, send)

    async def cancel(self, surface: Surface, scope: Scope, request: Request, send: Send) -> None:
        require(scope, CHAT)
        name = path_parameter(request.scope, "response_id")
        await send_json(send, await self.responses.runs.cancel(scope, name), [])

    async def delete(self, surface: Surface, scope: Scope, request: Request, send: Send) -> None:
        require(scope, CHAT)
        name = path_parameter(request.scope, "response_id")
        await self.responses.runs.delete(scope, name)
        await send_json(send, msgspec.json.encode({"id": name, "object": "response", "deleted": True}), [])

    async def input_items(self, surface: Surface, scope: Scope, request: Request, send: Send) -> None:
        require(scope, CHAT)
        limit = _number(request, "limit", _USUAL_PAGE, at_least=1, at_most=_LARGEST_PAGE)
        order = request.query_params.get("order", "desc")
        if order not in {"asc", "desc"}:
            raise InvalidRequestError("`order` must be `asc` or `desc`.", field="order")
        name = path_parameter(request.scope, "response_id")
        items = await self.responses.archive.input_items(scope, name)
        if order == "desc":
            items.reverse()
        page = _page(items, request.query_params.get("after"), limit)
        await send_json(send, msgspec.json.encode(page), [])


def _page(items: Sequence[dict[str, Any]], after: str | None, limit: int) -> dict[str, Any]:
    begin = 0
    if after is not None:
        places = [index for index, item in enumerate(items) if item.get("id") == after]
        if not places:
            raise InvalidRequestError("There is no such item to go on after.", field="after")
        begin = places[0] + 1
    data = items[begin : begin + limit]
    return {
        "object": "list",
        "data": data,
        "first_id": data[0].get("id") if data else None,
        "last_id": data[-1].get("id") if data else None,
        "has_more": begin + limit < len(items),
    }


def _flag(request: Request, name: str) -> bool:
    match request.query_params.get(name, "false").lower():
        case "true" | "1":
            return True
        case "false" | "0":
            return False
        case _:
            raise InvalidRequestError(f"`{name}` must be `true` or `false`.", field=name)


def _number(request: Request, name: str, default: int, *, at_least: int, at_most: int = 2**31 - 1) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 11 else -1
    if not at_least <= number <= at_most:
        raise InvalidRequestError(f"`{name}` must be a number from {at_least} to {at_most}.", field=name)
    return number
