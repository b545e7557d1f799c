"""`POST /v1/responses/compact`: a long conversation as the user's messages and a summary of all the rest."""

import time
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace
from starlette.requests import Request
from starlette.types import Send

from chimera.compat.answering import answer_whole
from chimera.compat.exchange import Surface, read_json
from chimera.compat.openai.responses.compaction import PROMPT, compaction_item, kept_items, opened
from chimera.compat.openai.responses.create import continued
from chimera.compat.openai.shape import OPENAI
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.llm import Answer, FinishReason, Message, Sampling, Text
from chimera.llm import Request as Question
from chimera.responses.errors import AnswerCutError
from chimera.responses.service import Responses
from chimera.tenancy.permissions import CHAT, require
from chimera.wires.openai_responses import decode_request
from chimera.wires.openai_responses.response_object import encode_usage


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactInput:
    """The endpoint."""

    responses: Responses

    async def __call__(self, surface: Surface, scope: Scope, request: Request, send: Send) -> None:
        require(scope, CHAT)
        asked, history = await continued(self.responses, scope, decode_request(opened(await read_json(request))))
        kept = kept_items([*history.items, *asked.items])

        def encode(answer: Answer) -> bytes:
            if answer.reason is not FinishReason.STOP or not answer.text.strip():
                raise AnswerCutError("The model did not sum the conversation up. Try again, or with another model.")
            body = {
                "id": f"resp_{new_id().hex}",
                "object": "response.compaction",
                "created_at": int(time.time()),
                "output": [*kept, compaction_item(f"cmp_{new_id().hex}", answer.text)],
                "usage": encode_usage(answer.usage) if answer.usage else None,
            }
            return msgspec.json.encode(body)

        call = surface.call(scope, _summing_up(asked.request), request, fallbacks=asked.fallback_models)
        await answer_whole(surface, call, request, send, shape=OPENAI, encode=encode)


def _summing_up(asked: Question) -> Question:
    """The request that asks for a summary. Tools stay, because their calls are in the history; none is called."""
    return replace(
        asked,
        messages=(*asked.messages, Message(role="user", parts=(Text(text=PROMPT),))),
        tool_choice="none" if asked.tools else "auto",
        sampling=Sampling(),
        response_format="text",
        extra={},
        original=None,
    )
