"""Responses put together: kept ones, and those that are written in the background."""

from contextlib import AsyncExitStack
from datetime import datetime

from chimera.bootstrap.settings import Settings
from chimera.conversations.service import Desk as TurnsDesk
from chimera.kit.clock import utc_now
from chimera.privacy.holding import check_owner_is_not_held
from chimera.responses.service import BackgroundRoom, Desk, Pace, Reaper, Responses, Spawn, responses_of
from chimera.wires.openai_chat import encode_error

_DRAIN_GRACE_S = 5.0


def open_responses(
    stack: AsyncExitStack,
    settings: Settings,
    turns: TurnsDesk,
    spawn: Spawn,
    *,
    replica: str,
    dead_before: datetime | None,
) -> Responses:
    """Start to look after responses; leaving the stack drains those that are being written.

    Args:
        stack: What is left before the tasks that `spawn` starts are cancelled; what is written may go on for a moment.
        settings: How many calls an organisation may make at once.
        turns: Gives the database, the bus and the gateway.
        spawn: Starts a coroutine as a task of a group that outlives every request.
        replica: Name of this process.
        dead_before: Writers that were not seen since are known to be dead.
    """
    desk = Desk(
        database=turns.database,
        bus=turns.bus,
        gateway=turns.gateway,
        pace=Pace(),
        clock=utc_now,
        encode_error=encode_error,
        may_go=check_owner_is_not_held,
    )
    # Half of the organisation's room is left to those who wait for their answers.
    room = BackgroundRoom(at_once=max(1, settings.tenant_concurrency // 2))
    responses = responses_of(desk, room, spawn=spawn, replica=replica)
    stack.push_async_callback(responses.runs.drain, grace_s=_DRAIN_GRACE_S)
    spawn(Reaper(desk=desk, dead_before=dead_before).run())
    return responses
