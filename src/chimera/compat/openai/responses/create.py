"""`POST /v1/responses`: waited for, whole or as events, or written in the background."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import Raw
from msgspec.structs import replace
from starlette.requests import Request
from starlette.types import Send

from chimera.compat.exchange import Surface, is_strict, read_json, send_json
from chimera.compat.openai.responses.answering import Waiting, answer_stream, answer_whole
from chimera.compat.openai.responses.compaction import opened
from chimera.compat.openai.responses.following import send_events
from chimera.compat.openai.responses.telling import Telling
from chimera.gateway.call import Call
from chimera.kit.errors import InvalidRequestError
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Request as ModelRequest
from chimera.responses.names import public_name
from chimera.responses.service import BEFORE_ALL, History, Question, Responses
from chimera.tenancy.permissions import CHAT, require
from chimera.wires.openai_responses import (
    Head,
    ResponsesCall,
    decode_request,
    encode_response,
    head_of,
    resolved,
    response_object,
    with_history,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateResponse:
    """The endpoint."""

    responses: Responses

    async def __call__(self, surface: Surface, scope: Scope, request: Request, send: Send) -> None:
        require(scope, CHAT)
        asked = decode_request(opened(await read_json(request)))
        if asked.background and not asked.store:
            raise InvalidRequestError("What runs in the background is stored: leave `store` out.", field="store")
        asked, history = await continued(self.responses, scope, asked)
        question = Question(
            id=new_id(),
            model=asked.request.model,
            items=asked.items,
            history=history,
            streamed=asked.background and asked.stream,
        )
        head = head_of(asked, id=public_name(question.id), created_at=int(time.time()), model=question.model)
        call = surface.call(scope, _asked(asked, head, request), request, fallbacks=asked.fallback_models)
        if asked.background:
            await self._begin(question, call, head)
            if asked.stream:
                await send_events(self.responses.readers, scope, question.id, BEFORE_ALL, request, send)
            else:
                await send_json(send, encode_response(response_object(head, None, "queued")), [])
            return
        waiting = Waiting(
            surface=surface, call=call, request=request, send=send, head=head, keep=self._keep(scope, question, asked)
        )
        await (answer_stream if asked.stream else answer_whole)(waiting)

    async def _begin(self, question: Question, call: Call, head: Head) -> None:
        body = response_object(head, None, "queued")
        await self.responses.runs.begin(question, call, Telling(head=head), body)

    def _keep(self, scope: Scope, question: Question, asked: ResponsesCall) -> "Keeper":
        return Keeper(responses=self.responses, scope=scope, question=question if asked.store else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """Keeps the answer to a question, if it is to be kept."""

    responses: Responses
    scope: Scope
    question: Question | None

    async def __call__(self, response: Mapping[str, Any]) -> None:
        if self.question is not None:
            await self.responses.archive.keep(self.scope, self.question, response)


async def continued(responses: Responses, scope: Scope, asked: ResponsesCall) -> tuple[ResponsesCall, History]:
    """The call with all that it continues and refers to."""
    history = await responses.archive.history(scope, asked.previous_response_id)
    if asked.references:
        asked = resolved(asked, await responses.archive.items(scope, asked.references))
    return with_history(asked, history.items), history


def _asked(asked: ResponsesCall, head: Head, request: Request) -> ModelRequest:
    """What the model is asked; of a provider that speaks this wire, its answer bears our id."""
    question = asked.request
    if is_strict(request):
        question = replace(question, strict=True)
    original = question.original
    if original is None:
        return question
    original = replace(original, answer=head.ours)
    if asked.background:
        # Streamed to us whether or not anybody reads along: so we hear that it goes on.
        original = replace(original, stream=True, fields={**original.fields, "stream": Raw(b"true")})
    return replace(question, original=original)
