"""A call that may cost only so much is cut there, whatever the budgets would still pay for."""

import pytest
from msgspec.structs import replace
from tests.gateway.metering.books import MemoryBooks
from tests.gateway.metering.rig import Rig, question
from tests.gateway.scripted import saying

from chimera.gateway.call import Call, Wishes
from chimera.gateway.telling import Charge
from chimera.kit.errors import AppError
from chimera.llm import Finished, FinishReason


def _call(rig: Rig, most_nusd: int) -> Call:
    return replace(rig.call(question(most=900)), wishes=Wishes(most_nusd=most_nusd))


@pytest.mark.parametrize("budget", [None, 1_000_000])
async def test_the_answer_is_no_longer_than_what_it_may_cost(budget: int | None) -> None:
    rig = Rig(MemoryBooks(left_nusd=budget))
    provider = rig.provider(saying("word " * 5_000))
    heard = await rig.hear(provider, _call(rig, 2_000))
    most = provider.requests[0].sampling.max_output_tokens
    assert most is not None
    assert 64 <= most < 200
    assert rig.books.claims[0].worst_nusd == 2_000
    assert isinstance(heard[-1], Finished)
    assert heard[-1].reason is FinishReason.LENGTH
    assert 0 < (rig.books.only.cost_nusd or 0) <= 2_000
    assert rig.books.held == 0


async def test_earlier_attempts_count() -> None:
    rig = Rig()
    call = _call(rig, 2_000)
    call.trail.told.charges.append(Charge(cost_nusd=1_990))
    with pytest.raises(AppError) as refused:
        await rig.hear(rig.provider(saying("seven")), call)
    assert refused.value.code == "budget_exhausted"
    assert rig.books.claims == []


async def test_a_model_without_a_price_is_not_asked() -> None:
    rig = Rig(price=None)
    provider = rig.provider(saying("seven"))
    with pytest.raises(AppError) as refused:
        await rig.hear(provider, _call(rig, 2_000))
    assert refused.value.code == "model_unpriced"
    assert provider.requests == []
