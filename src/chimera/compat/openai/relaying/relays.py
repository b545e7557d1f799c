"""Moderations, audio, images: whoever has the endpoint is asked, in the caller's own words."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.types import Send

from chimera.compat.exchange import Surface, read_body, read_json
from chimera.compat.openai.forms import boundary_of
from chimera.compat.openai.relaying.answering import answer_relayed
from chimera.compat.openai.relaying.bodies import Split, split_form, split_json
from chimera.gateway.catalogue import Catalogue
from chimera.kit.errors import InvalidRequestError, UnsupportedParameterError
from chimera.kit.scope import Scope
from chimera.llm import RelayRequest
from chimera.tenancy.permissions import CHAT, require

DEFAULTS: Final = {"moderations": "omni-moderation-latest"}
"""Models of those who name none: https://platform.openai.com/docs/api-reference/moderations/create"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """One endpoint; `json` and `form` answer it, see `compat.exchange.Answer`.

    Attributes:
        operation: Its path below `/v1/`.
        having: Names of the house's providers that have it, in the order of their configuration.
    """

    operation: str
    having: Sequence[str]

    async def json(self, surface: Surface, scope: Scope, request: Request, send: Send) -> None:
        require(scope, CHAT)
        split = split_json(await read_json(request))
        await self._pass_on(surface, scope, request, send, asked=self._asked(surface, scope, split))

    async def form(self, surface: Surface, scope: Scope, request: Request, send: Send) -> None:
        require(scope, CHAT)
        boundary = boundary_of(request)
        # Reading 64 MiB of it takes a while.
        split = await asyncio.to_thread(split_form, await read_body(request), boundary)
        asked = self._asked(surface, scope, split, content_type=request.headers["content-type"])
        await self._pass_on(surface, scope, request, send, asked=asked)

    async def _pass_on(
        self, surface: Surface, scope: Scope, request: Request, send: Send, *, asked: RelayRequest
    ) -> None:
        await answer_relayed(surface, surface.call(scope, asked, request), request, send)

    def _asked(
        self, surface: Surface, scope: Scope, split: Split, *, content_type: str = "application/json"
    ) -> RelayRequest:
        model = split.model or DEFAULTS.get(self.operation)
        if model is None:
            raise InvalidRequestError("Name a model.", field="model")
        return RelayRequest(
            model=self._aimed(surface.catalogue(scope), model),
            operation=self.operation,
            before=split.before,
            after=split.after,
            content_type=content_type,
        )

    def _aimed(self, catalogue: Catalogue, model: str) -> str:
        """The model's id. A bare name that no provider lists (`tts-1`) is meant for the first who has the endpoint.

        Raises:
            UnsupportedParameterError: if the model's provider does not have it.
        """
        found, own = catalogue.resolve(model), catalogue.accounts
        having = [name for name, account in own.items() if self.operation in account.relays]
        having += [name for name in self.having if name not in own]
        if found is None and having:
            return f"{having[0]}/{model}"
        if found is None or found.provider not in having:
            raise UnsupportedParameterError(self._missing(found.provider if found else None, having), field="model")
        return found.id

    def _missing(self, provider: str | None, having: Sequence[str]) -> str:
        if not having:
            return f"No configured provider has {self.operation}. OpenAI has it: an operator sets OPENAI_API_KEY."
        return f"{provider} has no {self.operation}. Ask {' or '.join(having)}."
