"""`/api/v1/conversations/{conversation_id}/…`: its tree and branches, and what is asked again in it."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status

from chimera.conversations.endpoints.answering import streamed, waited_for
from chimera.conversations.endpoints.chatter import Chatter
from chimera.conversations.endpoints.conversations import Cursor
from chimera.conversations.endpoints.documented import NOT_FOUND, TAKEN, problem_told
from chimera.conversations.endpoints.messages import parent_of
from chimera.conversations.endpoints.rendering import conversation_read, first_words, turn_read
from chimera.conversations.schemas import ConversationRead
from chimera.conversations.service import Conversations, Readers, Saying, TurnView
from chimera.conversations.states import MessageStatus
from chimera.conversations.tables import MessageRow
from chimera.conversations.tree import reading
from chimera.conversations.tree.asking import Asking
from chimera.conversations.tree.branches import Branches
from chimera.conversations.tree.schemas import (
    AnswerAgain,
    BranchWrite,
    CompareAgain,
    CompareWrite,
    ComparisonRead,
    ForkWrite,
    TreeNodeRead,
    TreeRead,
)
from chimera.kit.scope import Scope
from chimera.web.problems import request_id_of
from chimera.web.routers import LateRouter, join

_ROOT: Final = "/conversations/{conversation_id}"
_MESSAGE: Final = _ROOT + "/messages/{message_id}"
_TAKEN: Final[dict[int | str, dict[str, Any]]] = TAKEN
_BUSY: Final[dict[int | str, dict[str, Any]]] = {
    **NOT_FOUND,
    409: problem_told("An answer is still being written in this conversation, or several models speak in it."),
}


def router(asking: Asking, branches: Branches, conversations: Conversations, readers: Readers) -> APIRouter:
    """All of trees, for callers that may chat."""
    api = LateRouter(prefix="/api/v1", tags=["conversations"])
    join(api, reading.router(conversations, branches))
    _add_branches(api, branches)
    _add_answers(api, asking, readers)
    _add_comparisons(api, asking)
    return api


def _add_branches(api: APIRouter, branches: Branches) -> None:
    @api.get(_ROOT + "/tree", responses=NOT_FOUND)
    async def read_tree(
        caller: Chatter,
        conversation_id: UUID,
        limit: Annotated[int, Query(ge=1, le=1000)] = 500,
        cursor: Cursor = None,
    ) -> TreeRead:
        """The messages of all branches in short, the newest first."""
        page = await branches.tree(caller, conversation_id, cursor=cursor, limit=limit)
        return TreeRead(data=[_node(row) for row in page.rows], leaf_id=page.leaf_id, next_cursor=page.next_cursor)

    @api.put(_ROOT + "/branch", responses=_BUSY)
    async def choose_branch(caller: Chatter, conversation_id: UUID, body: BranchWrite) -> ConversationRead:
        """Show and continue another branch: that of a message, to the newest one under it."""
        return conversation_read(await branches.choose(caller, conversation_id, body.message_id))

    @api.post(_ROOT + "/fork", status_code=status.HTTP_201_CREATED, responses=_BUSY)
    async def fork_conversation(caller: Chatter, conversation_id: UUID, body: ForkWrite) -> ConversationRead:
        """Begin a conversation with copies of the messages of a branch; neither knows what becomes of the other."""
        return conversation_read(await branches.fork(caller, conversation_id, body.message_id, body.title))

    @api.delete(_MESSAGE, status_code=status.HTTP_204_NO_CONTENT, responses=_BUSY)
    async def delete_message(caller: Chatter, conversation_id: UUID, message_id: UUID) -> None:
        """Delete a message and all that follows it, on every branch."""
        await branches.cut(caller, conversation_id, message_id)


def _add_answers(api: APIRouter, asking: Asking, readers: Readers) -> None:
    async def answer(request: Request, caller: Scope, taken: TurnView, body: AnswerAgain) -> Response:
        tell = streamed if body.stream else waited_for
        return await tell(readers, request, caller, taken)

    @api.post(_MESSAGE + "/regenerate", status_code=201, response_class=Response, responses=_TAKEN)
    async def regenerate_answer(
        request: Request, caller: Chatter, conversation_id: UUID, message_id: UUID, body: AnswerAgain
    ) -> Response:
        """Have the same question answered once more, beside the answers that it has."""
        taken = await asking.again(caller, conversation_id, message_id, _again(body))
        return await answer(request, caller, taken, body)

    @api.post(_MESSAGE + "/continue", status_code=201, response_class=Response, responses=_TAKEN)
    async def continue_answer(
        request: Request, caller: Chatter, conversation_id: UUID, message_id: UUID, body: AnswerAgain
    ) -> Response:
        """Have an answer that was cut ended: an answer beside it begins with its words and goes on from there."""
        taken = await asking.go_on(caller, conversation_id, message_id, _again(body))
        return await answer(request, caller, taken, body)


def _add_comparisons(api: APIRouter, asking: Asking) -> None:
    @api.post(_ROOT + "/compare", status_code=status.HTTP_202_ACCEPTED, responses=_BUSY)
    async def compare_models(
        request: Request, caller: Chatter, conversation_id: UUID, body: CompareWrite
    ) -> ComparisonRead:
        """Say something to several models, which answer side by side. Choose one of the answers by the branch."""
        saying = Saying(
            text=body.text,
            images=body.images,
            temperature=body.temperature,
            max_output_tokens=body.max_tokens,
            parent_id=parent_of(body),
            send_id=body.send_id,
        )
        return _told(await asking.compare(caller, conversation_id, saying, body.models), request)

    @api.post(_MESSAGE + "/compare", status_code=status.HTTP_202_ACCEPTED, responses=_BUSY)
    async def compare_models_again(
        request: Request, caller: Chatter, conversation_id: UUID, message_id: UUID, body: CompareAgain
    ) -> ComparisonRead:
        """Have the same question answered by several models, beside the answers that it has."""
        saying = Saying(temperature=body.temperature, max_output_tokens=body.max_tokens)
        return _told(await asking.compare_again(caller, conversation_id, message_id, saying, body.models), request)


def _told(taken: list[TurnView], request: Request) -> ComparisonRead:
    return ComparisonRead(turns=[turn_read(one, request_id_of(request)) for one in taken])


def _again(body: AnswerAgain) -> Saying:
    return Saying(
        model=body.model,
        temperature=body.temperature,
        max_output_tokens=body.max_tokens,
        fallback_model=body.fallback_model,
    )


def _node(row: MessageRow) -> TreeNodeRead:
    return TreeNodeRead(
        id=row.id,
        parent_id=row.parent_id,
        role="assistant" if row.role == "assistant" else "user",
        model=row.model,
        status=MessageStatus(row.status),
        excerpt=first_words(row),
        pinned=row.pinned,
        created_at=row.created_at,
    )
