"""Responses put together: kept ones, and those that are written in the background."""

from contextlib import AsyncExitStack
from datetime import datetime

from chimera.conversations.service import Desk as TurnsDesk
from chimera.kit.clock import utc_now
from chimera.responses.service import Desk, Pace, Reaper, Responses, Spawn, responses_of
from chimera.wires.openai_chat import encode_error


def open_responses(
    stack: AsyncExitStack, turns: TurnsDesk, spawn: Spawn, *, replica: str, dead_before: datetime | None, grace_s: float
) -> Responses:
    """Start to look after responses; leaving the stack drains those that are being written.

    Args:
        stack: What is left before the tasks that `spawn` starts are cancelled.
        turns: Gives the database, the bus and the gateway.
        spawn: Starts a coroutine as a task of a group that outlives every request.
        replica: Name of this process.
        dead_before: Writers that were not seen since are known to be dead.
        grace_s: How long what is being written may go on then.
    """
    desk = Desk(
        database=turns.database,
        bus=turns.bus,
        gateway=turns.gateway,
        pace=Pace(),
        clock=utc_now,
        encode_error=encode_error,
    )
    responses = responses_of(desk, spawn=spawn, replica=replica)
    stack.push_async_callback(responses.runs.drain, grace_s=grace_s)
    spawn(Reaper(desk=desk, dead_before=dead_before).run())
    return responses
