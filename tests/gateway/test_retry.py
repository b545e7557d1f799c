"""How long to wait before asking again."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chimera.gateway.call import Target, new_call
from chimera.gateway.stages.retry import Backoff, Retry, RetryBudgets
from chimera.kit.scope import Scope
from chimera.llm import (
    Original,
    ProviderOverloadError,
    ProviderRateLimitError,
    ProviderRequestError,
    Reasoning,
    Request,
)

SCOPE = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
BUSY = ProviderOverloadError("busy", provider="p")


@given(st.integers(1, 9))
def test_full_jitter_stays_between_nothing_and_the_cap(attempt: int) -> None:
    pause_s = Backoff(attempts=10, first_s=0.5, longest_s=8.0).pause_s(attempt, BUSY)
    assert pause_s is not None
    assert 0.0 <= pause_s <= min(8.0, 0.5 * 2 ** (attempt - 1))


@given(st.floats(0, 8))
def test_what_the_provider_asks_for_is_waited_for_in_full(seconds: float) -> None:
    limited = ProviderRateLimitError("slow", provider="p", retry_after_s=seconds)
    pause_s = Backoff().pause_s(1, limited)
    assert pause_s is not None
    assert seconds <= pause_s <= seconds + 0.5


def test_a_provider_that_asks_for_minutes_is_left_to_the_fallback() -> None:
    assert Backoff().pause_s(1, ProviderRateLimitError("slow", provider="p", retry_after_s=90)) is None


def test_only_transient_errors_are_tried_again_and_only_so_often() -> None:
    assert Backoff().pause_s(1, ProviderRequestError("bad", provider="p")) is None
    assert Backoff(attempts=3).pause_s(3, BUSY) is None


def test_a_failing_provider_is_retried_for_a_tenth_of_its_calls_only() -> None:
    budgets = RetryBudgets(ratio=0.1, reserve=5.0)
    granted = 0
    for _ in range(1000):
        budgets.earn("p")
        granted += budgets.spend("p")
    assert 100 <= granted <= 105


@pytest.mark.parametrize(
    ("original", "provider", "whole"),
    [
        (None, "forwards", False),
        (Original(wire="w", fields={}), "forwards", True),
        (Original(wire="w", fields={}, stream=True), "forwards", False),
        (Original(wire="w", fields={}), "translates", False),
        (Original(wire="w", fields={}, beyond=("n",)), "translates", True),
    ],
)
async def test_an_answer_that_comes_whole_is_waited_for_longer(
    original: Original | None, provider: str, whole: bool
) -> None:
    retry = Retry(Backoff(), RetryBudgets(), {"forwards": ("w",)})
    call = new_call(SCOPE, Request(model="m", messages=(), original=original), patience_s=5)
    assert retry._comes_whole(replace(call, target=Target(provider=provider, model="m"))) is whole


@pytest.mark.parametrize(
    ("reasoning", "seconds"),
    [
        (None, 60),
        (Reasoning(effort="none"), 60),
        (Reasoning(effort="minimal"), 60),
        (Reasoning(budget_tokens=0), 60),
        (Reasoning(effort="low"), 300),
        (Reasoning(budget_tokens=10_000), 300),
    ],
)
async def test_what_is_to_be_thought_about_is_waited_for_longer(reasoning: Reasoning | None, seconds: float) -> None:
    request = Request(model="m", messages=(), reasoning=reasoning)
    call = replace(new_call(SCOPE, request, patience_s=5), target=Target(provider="p", model="m"))
    assert Retry(Backoff(), RetryBudgets())._patience_s(call) == seconds
