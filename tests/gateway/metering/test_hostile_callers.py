"""Whoever wants more than a budget allows: what is held covers whatever the provider makes of a body."""

import json
from contextlib import aclosing

import pytest
from msgspec.structs import replace
from tests.gateway.metering.books import MemoryBooks
from tests.gateway.metering.rig import CARD, MOMENT, PRICE, SCOPE, Rig
from tests.gateway.scripted import saying

from chimera.gateway.call import Call, Target, new_call
from chimera.gateway.knowledge import Price, Rates, flat
from chimera.gateway.metering.extent import MOST_CHOICES, Extent, bounded
from chimera.gateway.metering.tariff import Tariff
from chimera.llm import Event, Finished, FinishReason, Forwarded, ModelCard, RelayRequest, Request, Started, fold
from chimera.wires import anthropic_messages, gemini, openai_chat, openai_responses

TARGET = Target(provider="p", model="m", card=CARD)
UNLISTED = Target(provider="p", model="m", card=ModelCard(name="m"))
WINDOW = CARD.context_tokens
CHAT = {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}
MESSAGES = CHAT | {"max_tokens": 100}
RESPONSES = {"model": "m", "input": "Hello"}
GEMINI = {"contents": [{"parts": [{"text": "Hello"}]}]}
LARGE = json.dumps(MESSAGES).encode()[:-1] + b","
READ = b'{"model":"m","messages":[{"role":"user","content":"Hello"}],'


def chat(**more: object) -> Request:
    return openai_chat.decode_request(json.dumps(CHAT | more).encode()).request


def messages(**more: object) -> Request:
    return anthropic_messages.decode_request(json.dumps(MESSAGES | more).encode()).request


def responses(**more: object) -> Request:
    return openai_responses.decode_request(json.dumps(RESPONSES | more).encode()).request


def google(**more: object) -> Request:
    return gemini.decode_request(json.dumps(GEMINI | more).encode(), model="m").request


def extent(request: Request) -> Extent:
    return bounded(request, TARGET)


@pytest.mark.parametrize(
    "asked",
    [
        chat(n=8),
        chat(best_of=8),
        chat(n=2, best_of=8),
        replace(chat(best_of=8), original=None),
        chat(n=8, generationConfig={}),
        chat(n=8, generationConfig=5),
        chat(n=8, generation_config={"candidateCount": 1}),
        google(generationConfig={"candidateCount": 8}),
        google(generation_config={"candidate_count": 8}),
        google(generationConfig={}, generation_config={"candidate_count": 8}),
    ],
)
def test_every_answer_that_is_asked_for_is_held_however_it_is_said(asked: Request) -> None:
    assert extent(asked).output_tokens == 8 * (CARD.output_tokens or 0)


def test_a_member_of_another_wire_asks_for_nothing() -> None:
    assert extent(chat(generationConfig={"candidateCount": 8})).choices == 1
    assert extent(google(best_of=8)).choices == 1
    assert extent(chat(best_of="8")).choices == 1
    assert extent(google(n=8)).choices == 1


@pytest.mark.parametrize(
    "asked",
    [
        chat(best_of=10**30),
        messages(n=1e308),
        google(generationConfig={"candidateCount": 10**30}),
        replace(chat(best_of=10**30), original=None),
        anthropic_messages.decode_request(LARGE + b'"n":1e400}').request,
        anthropic_messages.decode_request(LARGE + b'"n":1' + b"0" * 5000 + b"}").request,
    ],
)
def test_however_many_answers_are_asked_for_the_hold_fits_into_the_books(asked: Request) -> None:
    asked_for = extent(asked)
    assert asked_for.choices == MOST_CHOICES
    assert asked_for.output_tokens < 2**53


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"1" + b"0" * 5000])
def test_a_number_that_nobody_can_read_is_no_way_to_be_served(number: bytes) -> None:
    fast = anthropic_messages.decode_request(LARGE + b'"speed":' + number + b"}").request
    tier = gemini.decode_request(json.dumps(GEMINI).encode()[:-1] + b',"serviceTier":' + number + b"}", model="m")
    assert extent(fast).ask.way == extent(tier.request).ask.way == ""


@pytest.mark.parametrize(
    ("asked", "way"),
    [
        (chat(service_tier="priority"), "priority"),
        (openai_chat.decode_request(READ + rb'"service_tier":"\u0070riority"}').request, "priority"),
        (messages(speed="fast"), "fast"),
        (messages(speed="fast", service_tier="auto"), "fast"),
        (messages(speed="standard"), ""),
        (google(serviceTier="PRIORITY"), "priority"),
        (google(service_tier="priority"), "priority"),
        (chat(service_tier=5), ""),
    ],
)
def test_a_dearer_way_to_be_served_is_known_however_it_is_spelled(asked: Request, way: str) -> None:
    assert extent(asked).ask.way == way


@pytest.mark.parametrize(
    "asked",
    [
        chat(web_search_options={}),
        chat(plugins=[{"id": "web"}]),
        chat(search_parameters={"mode": "on"}),
        chat(messages=[{"role": "user", "content": [{"type": "file", "file": {"file_id": "file-1"}}]}]),
        chat(messages=[{"role": "user", "content": [{"type": "video_url", "video_url": {"url": "https://x/1"}}]}]),
        messages(tools=[{"type": "web_search_20250305", "name": "web_search"}]),
        messages(mcp_servers=[{"type": "url", "url": "https://x", "name": "x"}]),
        messages(container="c"),
        messages(messages=[{"role": "user", "content": [{"type": "container_upload", "file_id": "f"}]}]),
        messages(
            messages=[
                {"role": "user", "content": [{"type": "document", "source": {"type": "file", "file_id": "f"}}]},
            ]
        ),
        responses(tools=[{"type": "web_search"}]),
        responses(tools=[{"type": "file_search", "vector_store_ids": ["v"]}]),
        responses(input=[{"role": "user", "content": [{"type": "input_file", "file_id": "f"}]}]),
        google(tools=[{"urlContext": {}}]),
        google(cachedContent="cachedContents/1"),
        google(contents=[{"parts": [{"fileData": {"fileUri": "https://x/1"}}]}]),
    ],
)
def test_what_the_provider_reads_by_itself_may_fill_the_window(asked: Request) -> None:
    assert extent(asked).input_tokens == WINDOW


@pytest.mark.parametrize("asked", [chat(), replace(chat(), original=None)], ids=["own words", "translated"])
@pytest.mark.parametrize(("listed", "fee"), [(None, 20_000_000), (1_000_000, 20_000_000), (10**13, 10**8)])
def test_a_model_that_looks_things_up_by_its_name_is_held_with_its_searches(
    asked: Request, listed: int | None, fee: int
) -> None:
    online = bounded(asked, Target(provider="openrouter", model="openai/gpt-4o:online", card=CARD))
    assert (online.ask.searches, online.input_tokens) == (True, WINDOW)
    tariff = Tariff(price=flat(Rates(input=0, output=0, web_search=listed)), source="test 1")
    assert tariff.worst_nusd(online.input_tokens, online.output_tokens, MOMENT, online.ask) == fee
    assert not bounded(asked, Target(provider="openrouter", model="openai/gpt-4o", card=CARD)).ask.searches


@pytest.mark.parametrize(
    "asked",
    [
        chat(logprobs=True),
        chat(tools=[{"type": "function", "function": {"name": "f"}}]),
        messages(tools=[{"name": "f", "input_schema": {}, "input_examples": [{}]}]),
        responses(tools=[{"type": "function", "name": "f", "parameters": {}}]),
        chat(messages=[*CHAT["messages"], {"role": "assistant", "function_call": {"name": "f", "arguments": "{}"}}]),
    ],
)
def test_what_was_sent_is_no_longer_than_it_is(asked: Request) -> None:
    assert extent(asked).input_tokens < 500


@pytest.mark.parametrize(
    "asked", [chat(max_tokens=10**30), messages(max_tokens=10**30), chat(max_tokens=10**30, n=128)]
)
async def test_no_limit_is_too_long_for_the_columns_of_the_books(asked: Request) -> None:
    rig = Rig(price=flat(Rates(input=10**12, output=10**15)))
    call = new_call(SCOPE, asked, patience_s=5).to(UNLISTED)
    await rig.hear(rig.provider(saying("Hi")), call)
    [claim] = rig.books.claims
    assert claim.least_nusd <= claim.worst_nusd <= 10**15
    assert claim.worst_tokens < 2**40


def relayed(operation: str = "audio/speech") -> Call:
    request = RelayRequest(model="m", operation=operation, before=b'{"input":"Hello","model":"', after=b'"}')
    return new_call(SCOPE, request, patience_s=5).to(TARGET)


SPOKEN: list[Event] = [
    Started(id="", model="m", forwarded=True),
    Forwarded(data=b"sound"),
    Finished(reason=FinishReason.STOP),
]


async def test_what_nobody_read_costs_all_that_was_held_where_a_budget_binds() -> None:
    rig = Rig(MemoryBooks(left_nusd=100_000))
    await rig.hear(rig.provider(SPOKEN), relayed())
    entry, [claim] = rig.books.only, rig.books.claims
    assert (entry.measured, entry.outcome) == ("worst_case", "ok")
    assert entry.cost_nusd == claim.worst_nusd > 0


async def test_a_caller_who_leaves_a_relay_early_has_it_no_cheaper() -> None:
    rig = Rig(MemoryBooks(left_tokens=100_000))
    async with aclosing(rig.handler(rig.provider(SPOKEN))(relayed())) as events:
        await anext(events)
    entry = rig.books.only
    assert (entry.measured, entry.outcome) == ("worst_case", "abandoned")
    assert entry.usage.input_tokens + entry.usage.output_tokens == rig.books.claims[0].worst_tokens


async def test_without_a_budget_a_relay_is_a_request_whose_cost_nobody_knows() -> None:
    rig = Rig()
    await rig.hear(rig.provider(SPOKEN), relayed())
    assert (rig.books.only.measured, rig.books.only.cost_nusd) == ("estimated", None)


async def test_a_moderation_writes_nothing() -> None:
    rig = Rig(MemoryBooks(left_tokens=100))
    await rig.hear(rig.provider(SPOKEN), relayed("moderations"))
    assert rig.books.claims[0].worst_tokens < 100


async def test_the_dearer_way_is_held_at_its_price() -> None:
    rig = Rig()
    sixfold = flat(Rates(input=6_000_000, output=60_000_000))
    rig.price = Price(periods=PRICE.periods, served=(("fast", sixfold.periods),))
    for asked in (messages(), messages(speed="fast")):
        call = new_call(SCOPE, asked, patience_s=5).to(TARGET)
        assert fold(await rig.hear(rig.provider(saying("Hi")), call)).text
    usual, dear = rig.books.claims
    assert dear.worst_nusd == 6 * usual.worst_nusd
