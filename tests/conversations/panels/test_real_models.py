"""Each policy once with a model that says what it likes: the embedded one. Only what holds of any model is asserted."""

from contextlib import aclosing
from uuid import UUID

import pytest
from msgspec.structs import replace
from tests.conversations.house import House, Tasks
from tests.conversations.panels.rooms import ADA, BOB, EVE, POLICIES
from tests.conversations.panels.stage import ask, messages, panel, spoken_of, told, words_of
from tests.sealing import with_keys

from chimera.adapters.http import open_http
from chimera.adapters.providers import local
from chimera.conversations.journal import PanelStopped, SpeechFinished, SpeechStarted
from chimera.conversations.panels.limits import Limits
from chimera.conversations.panels.settings import Manual, Moderator, Policy, Volunteer
from chimera.conversations.panels.state import PRIVATE
from chimera.conversations.panels.steps import StopReason
from chimera.conversations.service import Pace
from chimera.gateway.call import Call
from chimera.gateway.telling import Charge
from chimera.kit.scope import Scope
from chimera.llm import ModelProvider, Request, Stream
from chimera.store import connect

SEATS = (ADA, BOB, EVE)
TURNS = 3
# A few words each: what it says does not matter, and how fast it says it does.
MOST_TOKENS = 10
PATIENT = Pace(patience_s=200)


class Gateway:
    """The embedded model, kept short. A bid and a choice need all their words, so that they can be read."""

    def __init__(self, model: ModelProvider) -> None:
        self.model = model
        self.calls: list[Call] = []

    async def __call__(self, call: Call) -> Stream:
        self.calls.append(call)
        assert isinstance(call.request, Request)
        most = MOST_TOKENS if call.request.response_format is None else 4 * MOST_TOKENS
        sampling = replace(call.request.sampling, temperature=0, max_output_tokens=most)
        asked = replace(call.request, model="smollm2-135m-instruct", sampling=sampling)
        async with aclosing(self.model.stream(asked)) as events:
            async for event in events:
                yield event
        call.trail.told.charges.append(Charge(cost_nusd=0))


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_every_policy_comes_to_an_end_with_a_real_model(sqlite_url: str, tasks: Tasks, ada: Scope) -> None:
    async with (
        connect(sqlite_url) as opened,
        open_http() as http,
        local.connect(local.Settings(), http) as model,
    ):
        gateway = Gateway(model)
        house = House(database=with_keys(opened), tasks=tasks, model=gateway, pace=PATIENT)  # type: ignore[arg-type]  # a gateway like it
        for policy in POLICIES:
            await assert_ends(house, gateway, ada, policy)


async def assert_ends(house: House, gateway: Gateway, scope: Scope, policy: Policy) -> None:
    """Ask once; whoever spoke is on the panel, is named, and is as many as the limits allow."""
    gateway.calls.clear()
    limits = Limits(turns=TURNS, rounds=1, consensus=False, nothing_new=False)
    panels, talk = await panel(house, scope, policy, SEATS, limits)
    called = {"next": "Bob"} if isinstance(policy, Manual) else {}
    taken = await ask(panels, scope, talk, "@Bob, @Ada: name a colour.", **called)
    entries = await told(house, scope, taken.turn.id)
    ended = await house.end(scope, taken)
    assert (ended.turn.status, ended.turn.error) == ("completed", None), policy

    question, *speeches = await messages(house, scope, talk)
    assert words_of(question) == "@Bob, @Ada: name a colour."
    assert {row.status for row in speeches} == {"complete"}
    assert len(gateway.calls) == len(speeches) > 0, "each speech is one call"
    spoken = [spoken_of(row) for row in speeches]
    assert {(one.participant_id, one.handle) for one in spoken} <= {(seat.id, seat.handle) for seat in SEATS}
    assert all(one.why for one in spoken)
    to_all = [one for one in spoken if one.role not in PRIVATE]
    assert len(to_all) <= 2 * TURNS, "those who speak at once are heard out"
    assert to_all or isinstance(policy, Moderator | Volunteer), "these may find that nobody should speak"
    begun = [entry.message_id for entry in entries if isinstance(entry, SpeechStarted)]
    assert begun == [row.id for row in speeches]
    assert sorted(ended_in(entries)) == sorted(begun)
    (stopped,) = [entry for entry in entries if isinstance(entry, PanelStopped)]
    assert stopped.reason in set(StopReason)
    _assert_attributed(gateway, {row.id: spoken_of(row).handle for row in speeches})


def ended_in(entries: list[object]) -> list[UUID]:
    return [entry.message_id for entry in entries if isinstance(entry, SpeechFinished)]


def _assert_attributed(gateway: Gateway, handles: dict[UUID, str]) -> None:
    """Nobody is shown words as its own before it spoke itself."""
    spoke = set[str]()
    for call in gateway.calls:
        assert isinstance(call.request, Request)
        handle = handles[call.id]
        own = [message for message in call.request.messages if message.role == "assistant"]
        assert handle in spoke or not own
        assert call.request.messages[-1].role == "user"
        spoke.add(handle)
