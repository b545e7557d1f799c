"""`/v1/batches`: made, listed, looked at, cancelled."""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.types import Send

from chimera.batches.names import batch_id, file_id
from chimera.batches.service import BatchAsked, Batches
from chimera.compat.exchange import Surface, path_parameter, read_json, send_json
from chimera.compat.openai.batching.paging import after_of, limit_of
from chimera.compat.openai.batching.rendering import batch_object, encode, encode_list
from chimera.compat.openai.batching.uploads import check_life_s
from chimera.kit.errors import AppError, InvalidRequestError
from chimera.kit.scope import Scope
from chimera.tenancy.permissions import CHAT, require
from chimera.wires.bodies import decode_body

ENDPOINTS: Final = (
    "/v1/chat/completions",
    "/v1/embeddings",
    "/v1/images/generations",
    "/v1/messages",
    "/v1/moderations",
    "/v1/responses",
)
_MOST_BATCHES: Final = 100
_BATCHES: Final = 20


class _ExpiresAfter(Struct, frozen=True, forbid_unknown_fields=True):
    anchor: Literal["created_at"]
    seconds: int


_Key = Annotated[str, Meta(max_length=64)]
_Value = Annotated[str, Meta(max_length=512)]


class _BatchCreate(Struct, frozen=True, forbid_unknown_fields=True):
    input_file_id: str
    endpoint: str
    completion_window: Literal["24h"]
    metadata: Annotated[dict[_Key, _Value], Meta(max_length=16)] | None = None
    output_expires_after: _ExpiresAfter | None = None


_CREATE: Final = msgspec.json.Decoder(_BatchCreate)


@dataclass(frozen=True, slots=True)
class BatchEndpoints:
    """Each method answers one endpoint; see `compat.exchange.Answer`."""

    batches: Batches

    async def create(self, surface: Surface, scope: Scope, request: Request, send: Send) -> None:
        require(scope, CHAT)
        info = await self.batches.create(scope, _asked(await read_json(request)))
        await send_json(send, encode(batch_object(info)), [])

    async def list(self, surface: Surface, scope: Scope, request: Request, send: Send) -> None:
        require(scope, CHAT)
        limit = limit_of(request, default=_BATCHES, most=_MOST_BATCHES)
        found, more = await self.batches.recent(scope, after=after_of(request, batch_id), limit=limit)
        await send_json(send, encode_list([batch_object(info) for info in found], more=more), [])

    async def retrieve(self, surface: Surface, scope: Scope, request: Request, send: Send) -> None:
        require(scope, CHAT)
        info = await self.batches.info(scope, batch_id(path_parameter(request.scope, "batch_id")))
        await send_json(send, encode(batch_object(info)), [])

    async def cancel(self, surface: Surface, scope: Scope, request: Request, send: Send) -> None:
        require(scope, CHAT)
        info = await self.batches.cancel(scope, batch_id(path_parameter(request.scope, "batch_id")))
        await send_json(send, encode(batch_object(info)), [])


def _asked(body: bytes) -> BatchAsked:
    told = decode_body(body, _CREATE)
    if told.endpoint not in ENDPOINTS:
        raise InvalidRequestError(f"`endpoint` must be one of {', '.join(ENDPOINTS)}.", field="endpoint")
    try:
        input_file = file_id(told.input_file_id)
    except AppError as error:
        raise InvalidRequestError("There is no such input file.", field="input_file_id") from error
    lasts = told.output_expires_after
    return BatchAsked(
        endpoint=told.endpoint,
        input_file_id=input_file,
        labels=told.metadata,
        output_lasts_s=None if lasts is None else check_life_s(lasts.seconds, field="output_expires_after.seconds"),
    )
