"""What every provider must do when something goes wrong. Runs unchanged over each file in `adapters/providers`."""

import asyncio
from contextlib import aclosing

import pytest
from tests.contracts.providers import KEY, Kind, asking, connected, every_provider, heard
from tests.fakes import HUGE_TEXT, MULTIBYTE_TEXT, Answer, FakeUpstream, Fault, Operation

from chimera.llm import (
    ContentFilteredError,
    ContextTooLongError,
    Event,
    Finished,
    Health,
    HealthStatus,
    ModelProvider,
    ProviderAnswerError,
    ProviderAuthenticationError,
    ProviderConnectionError,
    ProviderError,
    ProviderModelNotFoundError,
    ProviderOverloadError,
    ProviderPermissionError,
    ProviderQuotaError,
    ProviderRateLimitError,
    ProviderTimeoutError,
    Request,
    Started,
    TextDelta,
    fold,
)

SLOW = Answer(text="word " * 50, chunks=50, delay_s=0.02)

REFUSALS: dict[Fault, type[ProviderError]] = {
    Fault.RATE_LIMITED: ProviderRateLimitError,
    Fault.RATE_LIMITED_BARE: ProviderRateLimitError,
    Fault.SERVER_ERROR: ProviderOverloadError,
    Fault.UNAVAILABLE: ProviderOverloadError,
    Fault.OVERLOADED: ProviderOverloadError,
    Fault.WRONG_KEY: ProviderAuthenticationError,
    Fault.FORBIDDEN: ProviderPermissionError,
    Fault.MODEL_NOT_FOUND: ProviderModelNotFoundError,
    Fault.QUOTA_EXHAUSTED: ProviderQuotaError,
    Fault.CONTEXT_TOO_LONG: ContextTooLongError,
}
SPECIAL: dict[tuple[str, Fault], type[ProviderError]] = {
    # OpenRouter's 403 is its moderation's verdict.
    ("openrouter", Fault.FORBIDDEN): ContentFilteredError,
    # A 429 in plain words, without a code.
    ("lmstudio", Fault.QUOTA_EXHAUSTED): ProviderRateLimitError,
}
BREAKS: dict[Fault, tuple[type[ProviderError], ...]] = {
    Fault.CUT: (ProviderAnswerError,),
    Fault.TRUNCATED: (ProviderAnswerError, ProviderConnectionError),
    Fault.RESET_MIDWAY: (ProviderAnswerError, ProviderConnectionError),
    Fault.MALFORMED: (ProviderAnswerError,),
    Fault.ERROR_MIDWAY: (ProviderOverloadError,),
}


async def told(provider: ModelProvider, request: Request) -> tuple[list[Event], ProviderError]:
    """Return what was heard before the answer failed, and how it failed."""
    events: list[Event] = []
    try:
        async for event in provider.stream(request):
            events.append(event)  # noqa: PERF401 - what came before the failure counts
    except ProviderError as error:
        return events, error
    pytest.fail(f"no failure, but {events}")


@every_provider
@pytest.mark.parametrize("fault", REFUSALS)
async def test_a_refusal_has_its_place_in_the_taxonomy(kind: Kind, fault: Fault) -> None:
    async with FakeUpstream() as fake, connected(kind, fake) as provider:
        fake.next(fault)
        events, error = await told(provider, asking(kind))
    assert type(error) is SPECIAL.get((kind.name, fault), REFUSALS[fault])
    assert events == []
    assert error.provider == provider.name
    assert error.upstream_status is not None
    assert 0 < len(error.message) <= 500
    assert KEY not in str(error)


@every_provider
async def test_when_to_come_back_is_told(kind: Kind) -> None:
    async with FakeUpstream(retry_after_s=3.0) as fake, connected(kind, fake) as provider:
        fake.next(Fault.RATE_LIMITED, Fault.RATE_LIMITED_BARE)
        _, error = await told(provider, asking(kind))
        _, bare = await told(provider, asking(kind))
    assert error.retry_after_s == 3.0
    assert bare.retry_after_s is None or bare.retry_after_s > 0


@every_provider
@pytest.mark.parametrize("fault", BREAKS)
async def test_a_broken_answer_is_never_complete(kind: Kind, fault: Fault) -> None:
    async with (
        FakeUpstream(answer=Answer(text="one two three four", chunks=4)) as fake,
        connected(kind, fake) as provider,
    ):
        fake.next(fault)
        events, error = await told(provider, asking(kind))
    assert isinstance(events[0], Started)
    assert not any(isinstance(event, Finished) for event in events)
    assert isinstance(error, BREAKS[fault])


@every_provider
async def test_an_answer_without_its_end_marker_ends_one_way_or_the_other(kind: Kind) -> None:
    async with FakeUpstream() as fake, connected(kind, fake) as provider:
        fake.next(Fault.NO_END)
        try:
            events = await heard(provider, asking(kind))
        except ProviderAnswerError:
            return
    assert isinstance(events[-1], Finished)


@every_provider
@pytest.mark.parametrize("fault", [Fault.HANG, Fault.HANG_AFTER_HEADERS, Fault.HANG_MIDWAY])
async def test_silence_is_a_timeout(kind: Kind, fault: Fault) -> None:
    async with FakeUpstream() as fake, connected(kind, fake, idle_timeout_s=0.1) as provider:
        fake.next(fault)
        _, error = await told(provider, asking(kind))
        await asyncio.wait_for(fake.requests[-1].over(), 1)
    assert isinstance(error, ProviderTimeoutError)


@every_provider
@pytest.mark.parametrize("fault", [Fault.RESET, Fault.GARBAGE])
async def test_what_is_no_answer_is_a_failure(kind: Kind, fault: Fault) -> None:
    async with FakeUpstream() as fake, connected(kind, fake) as provider:
        fake.next(fault)
        events, error = await told(provider, asking(kind))
    assert events == []
    assert isinstance(error, ProviderConnectionError if fault is Fault.RESET else ProviderAnswerError)
    assert error.transient


@every_provider
async def test_nobody_there_is_a_failed_connection(kind: Kind) -> None:
    async with FakeUpstream() as fake:
        address = fake.base_url(kind.flavour, unreachable=True)
        async with connected(kind, fake, base_url=address) as provider:
            _, error = await told(provider, asking(kind))
    assert isinstance(error, ProviderConnectionError)


@every_provider
@pytest.mark.parametrize(
    ("fault", "text"),
    [(Fault.SPLIT_UTF8, MULTIBYTE_TEXT), (Fault.ODD_FRAMING, "a b c"), (Fault.SLOW_HEADERS, "a b c")],
)
async def test_what_the_network_does_to_the_bytes_does_not_matter(kind: Kind, fault: Fault, text: str) -> None:
    async with FakeUpstream(answer=Answer(text=text)) as fake, connected(kind, fake) as provider:
        fake.next(fault)
        assert fold(await heard(provider, asking(kind))).text == text


@every_provider
async def test_a_very_long_line_is_understood(kind: Kind) -> None:
    async with FakeUpstream() as fake, connected(kind, fake) as provider:
        fake.next(Fault.HUGE_LINE)
        assert fold(await heard(provider, asking(kind))).text == HUGE_TEXT


@every_provider
async def test_a_very_large_request_is_sent(kind: Kind) -> None:
    async with FakeUpstream(answer=Answer(text="ok")) as fake, connected(kind, fake) as provider:
        await heard(provider, asking(kind, "x" * 3_000_000))
        assert len(fake.requests[-1].body) > 3_000_000


@every_provider
async def test_a_client_that_leaves_stops_the_provider_at_once(kind: Kind) -> None:
    async with FakeUpstream(answer=SLOW) as fake, connected(kind, fake) as provider:
        async with aclosing(provider.stream(asking(kind))) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    break
        await asyncio.wait_for(fake.requests[-1].over(), 1)
        assert fake.requests[-1].client_left


@every_provider
@pytest.mark.parametrize("fault", [Fault.HANG, Fault.HANG_MIDWAY])
async def test_a_cancelled_task_stops_the_provider_at_once(kind: Kind, fault: Fault) -> None:
    async with FakeUpstream() as fake, connected(kind, fake) as provider:
        fake.next(fault)
        task = asyncio.create_task(heard(provider, asking(kind)))
        (received,) = await fake.arrived()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(received.over(), 1)
        assert received.client_left


@every_provider
async def test_answers_at_the_same_time_do_not_mix(kind: Kind) -> None:
    async with FakeUpstream() as fake, connected(kind, fake) as provider:
        answers = await asyncio.gather(*(heard(provider, asking(kind, f"<{number}>")) for number in range(8)))
    assert [fold(events).text for events in answers] == [f"You said: <{number}>" for number in range(8)]


async def checked(kind: Kind, fault: Fault | None = None, **options: str) -> Health:
    async with FakeUpstream(keys={KEY}) as fake:
        if fault is not None:
            for operation in set(Operation) - {Operation.CHAT}:
                fake.next(fault, fault, operation=operation)  # twice: a GET that is reset is asked again
        options = {name: value.replace("FAKE", fake.url) for name, value in options.items()}
        if options.pop("unreachable", None):
            options["base_url"] = fake.base_url(kind.flavour, unreachable=True)
        async with connected(kind, fake, **options) as provider:
            return await provider.check()


@every_provider
async def test_a_healthy_provider_is_told_from_a_sick_one(kind: Kind) -> None:
    assert (await checked(kind)).status is HealthStatus.OK


@every_provider
async def test_a_wrong_key_is_told_with_what_to_set(kind: Kind) -> None:
    health = await checked(kind, key="sk-wrong")
    assert health.status is HealthStatus.UNAUTHENTICATED
    names = [name for name, field in kind.module.ENVIRONMENT.items() if field == "api_key"]
    assert any(name in health.detail for name in names)


@every_provider
@pytest.mark.parametrize("address", ["FAKE/nowhere", "FAKE/nowhere/v1"])
async def test_a_wrong_address_is_told_with_what_to_set(kind: Kind, address: str) -> None:
    health = await checked(kind, base_url=address)
    assert health.status is HealthStatus.MISADDRESSED
    names = [name for name, field in kind.module.ENVIRONMENT.items() if field == "base_url"]
    assert any(name in health.detail for name in names)


@every_provider
@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault.GARBAGE, HealthStatus.MISADDRESSED),
        (Fault.RATE_LIMITED, HealthStatus.RATE_LIMITED),
        (Fault.SERVER_ERROR, HealthStatus.UNAVAILABLE),
        (Fault.UNAVAILABLE, HealthStatus.UNAVAILABLE),
        (Fault.RESET, HealthStatus.UNREACHABLE),
    ],
)
async def test_other_trouble_is_told_as_what_it_is(kind: Kind, fault: Fault, status: HealthStatus) -> None:
    health = await checked(kind, fault)
    assert health.status is status
    assert health.detail


@every_provider
async def test_nobody_there_is_told_as_unreachable(kind: Kind) -> None:
    health = await checked(kind, unreachable="yes")
    assert health.status is HealthStatus.UNREACHABLE
