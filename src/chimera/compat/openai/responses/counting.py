"""`POST /v1/responses/input_tokens`: how much a request would be, told without asking a provider."""

from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.types import Send

from chimera.compat.exchange import Surface, read_json, send_json
from chimera.compat.openai.responses.compaction import opened
from chimera.compat.openai.responses.create import continued
from chimera.kit.scope import Scope
from chimera.responses.service import Responses
from chimera.tenancy.permissions import CHAT, require
from chimera.wires.openai_responses import decode_request


@dataclass(frozen=True, slots=True, kw_only=True)
class CountInput:
    """The endpoint."""

    responses: Responses

    async def __call__(self, surface: Surface, scope: Scope, request: Request, send: Send) -> None:
        require(scope, CHAT)
        asked, _ = await continued(self.responses, scope, decode_request(opened(await read_json(request))))
        counted = await surface.count(scope, asked.request)
        body = {"object": "response.input_tokens", "input_tokens": counted.tokens}
        await send_json(send, msgspec.json.encode(body), [])
