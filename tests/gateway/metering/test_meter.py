"""Every attempt is held before it is made and written once after, whatever becomes of it."""

import asyncio
from contextlib import aclosing

import msgspec
import pytest
from tests.gateway.metering.books import MemoryBooks
from tests.gateway.metering.rig import CARD, Rig, question, words
from tests.gateway.scripted import HANG, saying

from chimera.gateway.call import Target, new_call
from chimera.gateway.metering.errors import ModelUnpricedError
from chimera.gateway.metering.receipt import recomputed
from chimera.gateway.metering.tariffs import Tariffs
from chimera.gateway.stages.meter import Meter
from chimera.gateway.tokens.vocabularies import vocabulary
from chimera.kit.errors import AppError
from chimera.llm import (
    Billing,
    EmbeddingRequest,
    Event,
    Finished,
    FinishReason,
    Forwarded,
    ProviderAnswerError,
    ProviderOverloadError,
    Started,
    TextDelta,
    Usage,
    UsageReported,
    fold,
)
from chimera.spend.errors import BudgetExhaustedError
from chimera.store.errors import DatabaseUnavailableError

USED = Usage(input_tokens=1, output_tokens=2)
COUNTED = 96
"""Tokens of 300 letters, at most, as far as anybody knows."""
EQUALS = "=" * 80 + "\n"


async def test_what_the_provider_reports_is_what_is_written() -> None:
    rig = Rig()
    call = rig.call(question())
    await rig.hear(rig.provider(saying("seven years")), call)
    entry = rig.books.only
    assert (entry.outcome, entry.measured, entry.usage, entry.cost_nusd) == ("ok", "reported", USED, 21)
    assert recomputed(entry.usage, entry.price) == 21
    assert [charge.cost_nusd for charge in call.trail.told.charges] == [21]
    assert entry.first_token_ms is not None
    assert rig.books.held == 0


async def test_the_worst_case_covers_every_byte_of_the_prompt_and_the_longest_answer() -> None:
    rig = Rig()
    await rig.hear(rig.provider(saying("seven")), rig.call(question("x" * 500)))
    [claim] = rig.books.claims
    assert claim.worst_nusd >= 500 + 10 * (CARD.output_tokens or 0)
    assert claim.worst_tokens - (CARD.output_tokens or 0) >= 500
    assert claim.least_nusd < claim.worst_nusd
    assert (claim.free, claim.unpriced, claim.model, claim.asked_model) == (False, False, "m", "m")


async def test_a_budget_that_pays_for_less_shortens_the_answer_and_says_so() -> None:
    rig = Rig(MemoryBooks(left_nusd=2_000))
    provider = rig.provider(saying("seven"))
    call = rig.call(question(most=900))
    await rig.hear(provider, call)
    [sent] = provider.requests
    most = sent.sampling.max_output_tokens
    assert most is not None
    assert 64 <= most < 200
    assert call.trail.told.headers["budget"] == f"shrunk to {most} tokens"
    assert rig.books.left_nusd == 2_000 - 11


async def test_a_budget_of_tokens_shortens_the_answer_too() -> None:
    rig = Rig(MemoryBooks(left_tokens=300))
    provider = rig.provider(saying("seven"))
    await rig.hear(provider, rig.call(question(most=900)))
    most = provider.requests[0].sampling.max_output_tokens
    assert most is not None
    assert 64 <= most <= 300
    assert rig.books.left_tokens == 300 - 2


@pytest.mark.parametrize(
    ("wire", "fields", "expected"),
    [
        ("openai_chat", {"max_tokens": 900}, {"max_completion_tokens"}),
        ("openai_responses", {"max_output_tokens": 900}, {"max_output_tokens"}),
        ("anthropic_messages", {"max_tokens": 900}, {"max_tokens"}),
        ("gemini", {"generation_config": {"max_output_tokens": 900, "topK": 3}}, {"generation_config"}),
        ("ollama", {"options": {"num_predict": 900}}, {"options"}),
        ("ollama", {}, {"options"}),
    ],
)
async def test_words_that_are_forwarded_are_shortened_in_their_own_wire(
    wire: str, fields: dict[str, object], expected: set[str]
) -> None:
    rig = Rig(MemoryBooks(left_nusd=2_000))
    provider = rig.provider(saying("seven"))
    await rig.hear(provider, rig.call(question(most=900, original=words(wire=wire, **fields))))
    [sent] = provider.requests
    assert sent.original is not None
    assert sent.original.fields.keys() == expected
    told = msgspec.json.decode(sent.original.fields[expected.pop()])
    numbers = list(told.values()) if isinstance(told, dict) else [told]
    assert sent.sampling.max_output_tokens in numbers
    assert 900 not in numbers


async def test_a_budget_that_pays_for_nothing_useful_refuses_and_asks_nobody() -> None:
    rig = Rig(MemoryBooks(left_nusd=100))
    provider = rig.provider(saying("seven"))
    with pytest.raises(BudgetExhaustedError):
        await rig.hear(provider, rig.call(question()))
    assert provider.requests == []
    assert rig.books.held == 0


async def test_the_bound_does_not_refuse_what_an_exact_count_lets_pass() -> None:
    rig = Rig(MemoryBooks(left_nusd=4_000))
    text = "the quick brown fox jumps over the lazy dog " * 200  # 8,800 bytes, 1,800 tokens
    await rig.hear(rig.provider(saying("seven")), rig.call(question(text, most=64)))
    assert rig.books.only.outcome == "ok"
    assert len(rig.books.claims) == 2


async def test_without_a_hold_nothing_is_asked() -> None:
    rig = Rig(MemoryBooks(is_down=True))
    provider = rig.provider(saying("seven"))
    with pytest.raises(DatabaseUnavailableError):
        await rig.hear(provider, rig.call(question()))
    assert provider.requests == []


async def test_books_that_cannot_write_do_not_keep_the_answer_from_its_caller() -> None:
    rig = Rig()
    handler = rig.handler(rig.provider(saying("seven")))
    async with aclosing(handler(rig.call(question()))) as events:
        first = await anext(events)
        rig.books.is_down = True
        heard = fold([first, *[event async for event in events]])
    assert heard.reason is FinishReason.STOP
    assert rig.books.only.outcome == "ok"


async def test_the_entry_is_safe_before_the_last_event_goes_up() -> None:
    rig = Rig()
    handler = rig.handler(rig.provider(saying("seven")))
    async with aclosing(handler(rig.call(question()))) as events:
        async for event in events:
            assert bool(rig.books.entries) == isinstance(event, Finished)


async def test_a_refusal_costs_nothing() -> None:
    rig = Rig(MemoryBooks(left_nusd=20_000))
    with pytest.raises(ProviderOverloadError):
        await rig.hear(rig.provider([ProviderOverloadError("busy", provider="p")]), rig.call(question()))
    entry = rig.books.only
    assert (entry.outcome, entry.measured, entry.cost_nusd) == ("provider_unavailable", "none", 0)
    assert rig.books.left_nusd == 20_000


async def test_an_answer_that_breaks_off_is_counted_as_far_as_it_was_heard() -> None:
    rig = Rig()
    broken = [*saying("x" * 300)[:2], ProviderAnswerError("cut", provider="p")]
    with pytest.raises(ProviderAnswerError):
        await rig.hear(rig.provider(broken), rig.call(question()))
    entry = rig.books.only
    assert (entry.outcome, entry.measured) == ("provider_answer_malformed", "estimated")
    assert entry.usage.output_tokens == COUNTED
    assert entry.usage.input_tokens > 0
    assert recomputed(entry.usage, entry.price) == entry.cost_nusd


async def test_what_the_provider_reported_of_the_beginning_is_kept_when_it_breaks_off() -> None:
    rig = Rig()
    begun: list[Event] = [Started(id="r", model="m"), UsageReported(usage=Usage(input_tokens=40, output_tokens=1))]
    script = [*begun, TextDelta(text="x" * 300), ProviderAnswerError("cut", provider="p")]
    with pytest.raises(ProviderAnswerError):
        await rig.hear(rig.provider(script), rig.call(question()))
    assert rig.books.only.usage == Usage(input_tokens=40, output_tokens=COUNTED)


async def test_an_answer_that_nobody_counted_is_counted_here() -> None:
    rig = Rig()
    script = [event for event in saying("x" * 300) if not isinstance(event, UsageReported)]
    await rig.hear(rig.provider(script), rig.call(question()))
    entry = rig.books.only
    assert (entry.outcome, entry.measured, entry.usage.output_tokens) == ("ok", "estimated", COUNTED)
    assert entry.cost_nusd


async def test_a_caller_who_leaves_pays_for_what_was_written() -> None:
    rig = Rig()
    handler = rig.handler(rig.provider(saying("x" * 300)))
    async with aclosing(handler(rig.call(question()))) as events:
        await anext(events)
        await anext(events)
    entry = rig.books.only
    assert (entry.outcome, entry.usage.output_tokens) == ("abandoned", COUNTED)
    assert rig.books.held == 0


async def test_an_attempt_that_is_cancelled_before_anything_was_heard_pays_for_its_question() -> None:
    rig = Rig()
    provider = rig.provider([HANG])
    task = asyncio.ensure_future(rig.hear(provider, rig.call(question("How old are you, my friend?"))))
    await provider.hanging.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    entry = rig.books.only
    assert (entry.outcome, entry.measured, entry.usage.output_tokens) == ("abandoned", "estimated", 0)
    assert entry.usage.input_tokens >= 7
    assert provider.closed == 1


@pytest.mark.parametrize(("model", "most_tokens"), [("gpt-5", 250), ("m", 270)])
async def test_a_stream_that_ignores_its_limit_is_cut_at_the_hold(model: str, most_tokens: int) -> None:
    rig = Rig(MemoryBooks(left_nusd=5_000), model=model)
    endless: list[Event] = [Started(id="r", model="m"), *[TextDelta(text="word " * 10) for _ in range(10_000)]]
    provider = rig.provider(endless)
    answer = fold(await rig.hear(provider, rig.call(question(most=200))))
    assert answer.reason is FinishReason.LENGTH
    assert 1_000 <= len(answer.text) <= most_tokens * 5
    entry = rig.books.only
    assert entry.outcome == "budget_cut"
    assert entry.cost_nusd is not None
    assert entry.cost_nusd <= 5_000
    assert provider.closed == 1


async def test_a_forwarded_stream_that_ignores_its_limit_is_marked_as_cut() -> None:
    rig = Rig(MemoryBooks(left_nusd=5_000))
    endless: list[Event] = [Started(id="r", model="m", forwarded=True)]
    endless += [Forwarded(data=b"data: {}\n\n", text="word " * 10) for _ in range(10_000)]
    heard = await rig.hear(rig.provider(endless), rig.call(question(most=200, original=words(max_tokens=200))))
    assert heard[-1] == Finished(reason=FinishReason.LENGTH, cut=True)
    assert rig.books.only.outcome == "budget_cut"


@pytest.mark.parametrize("model", ["gpt-5", "m"])
@pytest.mark.parametrize(
    "text",
    [
        "Governments increasingly recognise that environmental protection is fundamentally interconnected. " * 5,
        "Правительство рассмотрело несколько вариантов решения этой проблемы. " * 5,
        "सरकार ने इस समस्या के समाधान के लिए कई विकल्पों पर विचार किया। " * 5,
        "政府考虑了解决这个问题的几种办法并通过了相应的决议。" * 5,
        EQUALS * 40,
    ],
)
async def test_an_answer_that_keeps_to_its_limit_is_not_cut(model: str, text: str) -> None:
    words = vocabulary("o200k_base")
    assert words is not None
    tokens = [words.decode_single_token_bytes(token).decode(errors="replace") for token in words.encode_ordinary(text)]
    rig = Rig(MemoryBooks(left_nusd=50_000), model=model)
    script: list[Event] = [Started(id="r", model=model), *[TextDelta(text=one) for one in tokens], *saying("")[2:]]
    answer = fold(await rig.hear(rig.provider(script), rig.call(question(most=len(tokens)))))
    assert (answer.reason, answer.text) == (FinishReason.STOP, "".join(tokens))


async def test_without_a_budget_a_long_stream_is_only_counted() -> None:
    rig = Rig()
    script: list[Event] = [Started(id="r", model="m"), *[TextDelta(text="x" * 900) for _ in range(90)], *saying("")[2:]]
    answer = fold(await rig.hear(rig.provider(script), rig.call(question(most=10))))
    assert answer.reason is FinishReason.STOP
    assert rig.books.only.outcome == "ok"


async def test_a_model_without_a_price_is_written_without_a_cost() -> None:
    rig = Rig(price=None)
    await rig.hear(rig.provider(saying("seven")), rig.call(question()))
    assert rig.books.only.cost_nusd is None
    assert rig.books.claims[0].unpriced


async def test_a_provider_that_tells_what_it_charges_needs_no_price() -> None:
    rig = Rig(price=None)
    told = UsageReported(usage=Usage(input_tokens=9, output_tokens=9, billing=Billing(cost_nusd=77)))
    await rig.hear(rig.provider([*saying("seven")[:2], told, saying("")[3]]), rig.call(question()))
    entry = rig.books.only
    assert entry.cost_nusd == recomputed(entry.usage, entry.price) == 77


async def test_a_budget_of_money_refuses_a_model_without_a_price() -> None:
    rig = Rig(MemoryBooks(left_nusd=5_000), price=None)
    with pytest.raises(AppError) as refused:
        await rig.hear(rig.provider(saying("seven")), rig.call(question()))
    assert refused.value.code == "model_unpriced"


async def test_an_organisation_may_refuse_models_without_a_price_or_charge_a_ceiling() -> None:
    rig = Rig(price=None)
    catalogue, rules = rig.catalogue, iter(("refuse", "ceiling"))

    async def rule(_scope: object) -> str:
        return next(rules)

    tariffs = Tariffs(
        knowledge=lambda _scope, target: catalogue.knowledge.get(target.id), unpriced=rule, ceiling_nusd=5_000_000
    )  # type: ignore[arg-type]  # of words
    meter, provider = Meter(rig.books, tariffs), rig.provider(saying("seven years"))
    with pytest.raises(ModelUnpricedError):
        await anext(meter(rig.call(question()), lambda call: provider.stream(question())))
    async with aclosing(meter(rig.call(question()), lambda call: provider.stream(question()))) as events:
        assert [event async for event in events]
    assert rig.books.only.cost_nusd == 3 * 5


async def test_texts_to_embed_are_held_by_their_bytes() -> None:
    rig = Rig(MemoryBooks(left_nusd=5_000))
    request = EmbeddingRequest(model="m", texts=("one", "two"))
    call = new_call(rig.call(question()).scope, request, patience_s=5).to(Target(provider="p", model="m", card=CARD))
    await rig.hear(rig.provider(saying("")), call)
    assert rig.books.claims[0].worst_nusd == 24
    assert rig.books.only.cost_nusd == 3


async def test_a_discount_is_taken_off_what_is_held_and_what_is_charged() -> None:
    rig = Rig(discounts={"p": 2_500})
    await rig.hear(rig.provider(saying("seven years")), rig.call(question()))
    entry = rig.books.only
    assert entry.cost_nusd == recomputed(entry.usage, entry.price) == 16  # 15.75, rounded up once
