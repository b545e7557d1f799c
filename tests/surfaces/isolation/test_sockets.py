"""Everybody who may not, at every socket: refused, without a trace of what is there, and nothing is changed."""

import json
from contextlib import suppress

import pytest
import pytest_asyncio
from tests.conversations.sockets.client import Socket, socket
from tests.serving import Running
from tests.surfaces.isolation.belongings import Belongings
from tests.surfaces.isolation.cast import COLLEAGUES, OTHER_OWNER, SHUT_OUT, STRANGERS, Cast, assemble
from tests.surfaces.isolation.footprint import footprint
from tests.surfaces.requirements import requirement
from websockets.exceptions import ConnectionClosed, InvalidStatus

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

# Who may chat, though not here.
_CHATTING = {"a stranger", "a stranger's session", "a member", "a member's session", OTHER_OWNER}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cast(standing: Running) -> Cast:
    return await assemble(standing)


async def heard_at(standing: Running, path: str, headers: dict[str, str], *frames: dict[str, object]) -> list[str]:
    """What is told there, code after code: of the handshake, of errors, of the end."""
    told: list[str] = []
    ours: Socket | None = None
    try:
        async with socket(standing.url, path, headers) as ours:
            for frame in frames:
                await ours.say(**frame)  # type: ignore[arg-type]  # each has a `type`
            await ours.say("ping", id="last")
            with suppress(ConnectionClosed):
                await ours.until("pong", id="last")
    except InvalidStatus as refused:
        told.append(json.loads(refused.response.body)["code"])
    for one in [] if ours is None else ours.heard:
        if one["type"] == "error":
            told.append(one["problem"]["code"])
        else:
            assert one["type"] in {"ready", "pong"}, one
    return told


@requirement("access.matrix", "access.sockets")
async def test_nobody_hears_or_does_anything_in_a_conversation_of_another(
    standing: Running, cast: Cast, belongings: Belongings
) -> None:
    conversation, turn = belongings.ids["conversation_id"], belongings.ids["turn_id"]
    before = footprint(standing)
    tries: list[dict[str, object]] = [
        {"type": "resume", "turns": [{"turn_id": turn}]},
        {"type": "stop", "turn_id": turn},
        {"type": "message", "text": "Hi", "conversation_id": conversation},
    ]
    refusals = ["turn_not_found", "turn_not_found", "conversation_not_found"]
    for who in (*SHUT_OUT, *STRANGERS, *COLLEAGUES, OTHER_OWNER):
        at = await heard_at(standing, f"{conversation}?turn_id={turn}&after=0", cast.headers[who])
        begun = await heard_at(standing, "chat", cast.headers[who], *tries)
        if who in _CHATTING:
            assert (at, begun) == (["conversation_not_found"], refusals), who
        else:
            assert at == begun, who
            assert at in (["unauthenticated"], ["permission_denied"], ["tenant_suspended"]), (who, at)
    after = footprint(standing)
    assert not before.changes_to(after, cast.home)
    assert not before.additions_in(after, cast.home)
