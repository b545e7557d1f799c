"""`/api/v1/conversations/{conversation_id}/panel`: several models in one conversation."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response, status
from fastapi.responses import JSONResponse
from msgspec import UNSET

from chimera.conversations.endpoints.chatter import Chatter
from chimera.conversations.endpoints.documented import NOT_FOUND, TAKEN
from chimera.conversations.endpoints.rendering import message_read, turn_frames, turn_read
from chimera.conversations.panel_runs.rendering import limits, panel_read, participant, policy, staged_read
from chimera.conversations.panel_runs.schemas import (
    PanelInterjection,
    PanelRead,
    PanelRetry,
    PanelRun,
    PanelSkip,
    PanelWrite,
    ParticipantChange,
    StagedPanelRead,
)
from chimera.conversations.panel_runs.service import Panels, Running, SeatChange, Settings, Words
from chimera.conversations.schemas import MessageRead
from chimera.conversations.service import Readers, TurnView
from chimera.kit.money import nusd
from chimera.kit.scope import Scope
from chimera.web.problems import request_id_of
from chimera.web.routers import LateRouter
from chimera.web.sse import EventStream

_ROOT: Final = "/conversations/{conversation_id}/panel"
_TAKEN: Final[dict[int | str, dict[str, Any]]] = TAKEN
Named = Annotated[str, Path(min_length=1, max_length=32, pattern="^[A-Za-z][A-Za-z0-9_-]*$")]


def router(panels: Panels, readers: Readers) -> APIRouter:
    """All of a panel, for callers that may chat."""
    api = LateRouter(prefix="/api/v1", tags=["panels"])
    _add_settings(api, panels)
    _add_runs(api, panels, readers)
    return api


def _add_settings(api: APIRouter, panels: Panels) -> None:
    @api.put(_ROOT, responses=NOT_FOUND)
    async def put_panel(caller: Chatter, conversation_id: UUID, body: PanelWrite) -> PanelRead:
        """Make or replace the panel of a conversation. From then on its messages are the panel's."""
        settings = Settings(
            participants=tuple(participant(one) for one in body.participants),
            policy=policy(body.policy),
            limits=limits(body.limits),
            seed=body.seed,
        )
        return panel_read(await panels.put(caller, conversation_id, settings))

    @api.get(_ROOT, responses=NOT_FOUND)
    async def read_panel(caller: Chatter, conversation_id: UUID) -> StagedPanelRead:
        """The panel of a conversation, what it cost so far, and who speaks next."""
        return staged_read(await panels.stage(caller, conversation_id))

    @api.patch(_ROOT + "/participants/{handle}", responses=NOT_FOUND)
    async def change_participant(
        caller: Chatter, conversation_id: UUID, handle: Named, body: ParticipantChange
    ) -> PanelRead:
        """Mute a participant, swap its model, change its persona or budget, from its next speech on."""
        return panel_read(await panels.seat(caller, conversation_id, handle, _change(body)))


def _add_runs(api: APIRouter, panels: Panels, readers: Readers) -> None:
    async def answer(request: Request, caller: Scope, taken: TurnView, *, stream: bool) -> Response:
        turn_id, request_id = taken.turn.id, request_id_of(request)
        if stream:
            return EventStream(turn_frames(readers, caller, turn_id, after=0, request_id=request_id))
        ended = await readers.finished(caller, turn_id, within_s=readers.pace.patience_s)
        body = turn_read(ended, request_id).model_dump(mode="json")
        return JSONResponse(body, status_code=status.HTTP_201_CREATED)

    @api.post(_ROOT + "/run", status_code=201, response_class=Response, responses=_TAKEN)
    async def run_panel(request: Request, caller: Chatter, conversation_id: UUID, body: PanelRun) -> Response:
        """Say something to the panel, or let it go on. It speaks until its policy, a limit or somebody ends it."""
        words = None if body.text is None else Words(text=body.text, images=body.images)
        running = Running(words=words, next=body.next, steps=body.steps)
        taken = await panels.run(caller, conversation_id, running)
        return await answer(request, caller, taken, stream=body.stream)

    @api.post(_ROOT + "/retry", status_code=201, response_class=Response, responses=_TAKEN)
    async def retry_speech(request: Request, caller: Chatter, conversation_id: UUID, body: PanelRetry) -> Response:
        """Have one speech made again by whoever made it; the former one is shown to nobody any more."""
        taken = await panels.retry(caller, conversation_id, body.message_id)
        return await answer(request, caller, taken, stream=body.stream)

    @api.post(_ROOT + "/interject", status_code=201, responses=NOT_FOUND)
    async def interject(caller: Chatter, conversation_id: UUID, body: PanelInterjection) -> MessageRead:
        """Say something while the panel speaks: whoever speaks is heard out, and the next ones answer it."""
        words = Words(text=body.text, images=body.images)
        return message_read(await panels.interject(caller, conversation_id, words))

    @api.post(_ROOT + "/skip", status_code=202, responses=NOT_FOUND)
    async def skip_speaker(caller: Chatter, conversation_id: UUID, body: PanelSkip) -> PanelRead:
        """End the speech of whoever speaks; what was said is kept, and the next one speaks."""
        return panel_read(await panels.skip(caller, conversation_id, body.handle))

    @api.post(_ROOT + "/pause", status_code=202, responses=NOT_FOUND)
    async def pause_panel(caller: Chatter, conversation_id: UUID) -> PanelRead:
        """Stop before the next speaker; `run` lets it go on. To stop at once, stop the turn."""
        return panel_read(await panels.pause(caller, conversation_id))


def _change(body: ParticipantChange) -> SeatChange:
    given = body.model_fields_set
    return SeatChange(
        model=UNSET if body.model is None else body.model,
        persona=UNSET if body.persona is None else body.persona,
        muted=UNSET if body.muted is None else body.muted,
        budget_nusd=_budget(body) if "budget_usd" in given else UNSET,
    )


def _budget(body: ParticipantChange) -> int | None:
    return None if body.budget_usd is None else nusd(body.budget_usd)
