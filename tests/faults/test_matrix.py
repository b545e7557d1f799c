"""Every fault at every provider, through the real door: what `docs/reference/faults.md` promises."""

import asyncio

import httpx2
import pytest
from tests.fakes.answer import Answer
from tests.fakes.faults import Fault
from tests.fakes.server import FakeUpstream
from tests.faults.asking import Seen, ask
from tests.faults.conftest import BACKUP
from tests.faults.expected import AFTER, ANSWERED, BEFORE, COMPLETE, REFUSED_CONNECTION
from tests.patience import within
from tests.serving import HOSTED, Running

WHOLE = "One two three four."
EARLY = pytest.mark.parametrize("fault", BEFORE, ids=str)
LATE = pytest.mark.parametrize("fault", AFTER, ids=str)
# Ollama has no end marker of its own: the line that is missing carries the finish reason, too.
UNFINISHED_WITHOUT_END = {"ollama"}
OUR_CODE = {"context_length_exceeded": "context_too_long"}


async def everywhere(
    client: httpx2.AsyncClient, chimera: Running, model: str, *, dead: bool = False, fallbacks: tuple[str, ...] = ()
) -> dict[str, Seen]:
    """Ask every provider at once for its model of this name."""
    prefix = "dead-" if dead else ""
    async with asyncio.timeout(12):
        answers = await asyncio.gather(
            *(ask(client, chimera, f"{prefix}{kind}/{model}", fallbacks=fallbacks) for kind in HOSTED)
        )
    return dict(zip(HOSTED, answers, strict=True))


def outcomes(seen: dict[str, Seen]) -> dict[str, str]:
    """What a client would call it, by provider."""
    return {kind: ANSWERED if one.done and one.text == WHOLE else str(one.code) for kind, one in seen.items()}


def all_of(outcome: str) -> dict[str, str]:
    return dict.fromkeys(HOSTED, outcome)


@EARLY
async def test_a_fault_before_the_first_token_that_happens_once(
    client: httpx2.AsyncClient, chimera: Running, fake: FakeUpstream, fault: Fault | str
) -> None:
    if isinstance(fault, Fault):
        for kind in HOSTED:
            fake.next(fault, flavour=kind)
    seen = await everywhere(client, chimera, "some-model", dead=fault == REFUSED_CONNECTION)
    assert outcomes(seen) == all_of(BEFORE[fault].once)


@EARLY
async def test_a_fault_before_the_first_token_that_stays(
    client: httpx2.AsyncClient, chimera: Running, fault: Fault | str
) -> None:
    seen = await everywhere(client, chimera, _faulty(fault), dead=fault == REFUSED_CONNECTION)
    assert outcomes(seen) == all_of(BEFORE[fault].always)
    assert all(one.status >= 400 for one in seen.values())


@EARLY
async def test_a_fault_before_the_first_token_with_a_fallback(
    client: httpx2.AsyncClient, chimera: Running, fault: Fault | str
) -> None:
    seen = await everywhere(client, chimera, _faulty(fault), dead=fault == REFUSED_CONNECTION, fallbacks=(BACKUP,))
    assert outcomes(seen) == all_of(ANSWERED)
    assert {one.headers["x-chimera-model"] for one in seen.values()} == {BACKUP}
    why = BEFORE[fault].always
    # The header has our own code, an error body that of the surface.
    assert {one.headers["x-chimera-fallback"] for one in seen.values()} == {OUR_CODE.get(why, why)}


@LATE
async def test_a_fault_after_the_first_token_is_told_in_the_stream_and_never_as_success(
    client: httpx2.AsyncClient, chimera: Running, fake: FakeUpstream, fault: Fault
) -> None:
    # Slowly, so that the client has its first tokens before the fault comes.
    fake.say(Answer(text=WHOLE, chunks=4, delay_s=0.02))
    seen = await everywhere(client, chimera, f"fault-{fault}", fallbacks=(BACKUP,))
    assert outcomes(seen) == all_of(AFTER[fault].once)
    for one in seen.values():
        assert (one.status, one.done, one.finish) == (200, False, None)
        assert WHOLE.startswith(one.text)
        assert one.text
    assert not [asked for asked in fake.requests if asked.model == "some-model"], "nothing is repeated"


@pytest.mark.parametrize("fault", [fault for fault in COMPLETE if fault is not Fault.NO_END], ids=str)
async def test_an_awkward_stream_that_is_complete_is_an_answer(
    client: httpx2.AsyncClient, chimera: Running, fault: Fault
) -> None:
    seen = await everywhere(client, chimera, f"fault-{fault}")
    assert {(one.done, one.finish, one.code) for one in seen.values()} == {(True, "stop", None)}


async def test_only_the_end_marker_missing_is_an_answer_where_the_finish_reason_came(
    client: httpx2.AsyncClient, chimera: Running
) -> None:
    seen = await everywhere(client, chimera, f"fault-{Fault.NO_END}")
    unfinished = dict.fromkeys(UNFINISHED_WITHOUT_END, "provider_answer_malformed")
    assert outcomes(seen) == all_of(ANSWERED) | unfinished


@pytest.mark.parametrize("model", ["fault-hang", "fault-hang-headers", "fault-hang-midway"])
async def test_nothing_hangs_past_its_deadline(client: httpx2.AsyncClient, chimera: Running, model: str) -> None:
    loop = asyncio.get_running_loop()
    client.headers["x-chimera-timeout-s"] = "0.3"
    begun = loop.time()
    seen = await everywhere(client, chimera, model)
    assert outcomes(seen) == all_of("deadline_exceeded")
    assert loop.time() - begun < 3


@pytest.mark.parametrize("model", ["fault-hang-headers", "fault-hang-midway"])
async def test_the_upstream_is_closed_within_a_second_when_the_client_leaves(
    client: httpx2.AsyncClient, chimera: Running, fake: FakeUpstream, model: str
) -> None:
    for kind in HOSTED:
        before = len(fake.requests)
        asking = asyncio.ensure_future(ask(client, chimera, f"{kind}/{model}"))
        asked = (await fake.arrived(before + 1))[before]
        asking.cancel()
        async with within(1):
            await asked.over()
        assert asked.client_left, kind


def _faulty(fault: Fault | str) -> str:
    return f"fault-{fault}" if isinstance(fault, Fault) else "some-model"
