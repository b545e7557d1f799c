"""From a policy to what binds a caller."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from chimera.gateway.call import Asked, Call
from chimera.gateway.limits.buckets import MOST_A_MINUTE, Bucket, Rule
from chimera.gateway.limits.plan import plan_of
from chimera.gateway.limits.reserving import LONGEST_RESERVED_ANSWER, input_tokens, output_tokens
from chimera.gateway.tokens import count
from chimera.kit.scope import Scope
from chimera.llm import EmbeddingRequest, Message, RelayRequest, Request, Sampling, Text
from chimera.policies.sections.limits import LimitsPolicy, Rates, RatesById, RatesOfModel

NOW = datetime(2026, 12, 31, 23, 59, 30, tzinfo=UTC)
WHO = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset(), key_id=uuid4())


def tokens_of(asked: Asked) -> int:
    return input_tokens(Call(scope=WHO, request=asked, deadline=0.0))


def buckets(policy: LimitsPolicy, who: Scope = WHO) -> tuple[Bucket, ...]:
    return plan_of(policy, who, NOW, default_tier="unlimited").buckets


def named(policy: LimitsPolicy, who: Scope = WHO) -> dict[str, int]:
    return {bucket.name: bucket.amount for bucket in buckets(policy, who)}


def own(who: UUID | None, **rates: int) -> RatesById:
    assert who is not None
    return RatesById(id=who, **rates)


def test_nothing_binds_where_nobody_said_so() -> None:
    assert buckets(LimitsPolicy()) == ()


def test_the_server_s_tier_holds_until_the_organisation_has_one() -> None:
    plan = plan_of(LimitsPolicy(), WHO, NOW, default_tier="free")
    assert [bucket.amount for bucket in plan.buckets] == [10, 10_000]
    assert named(LimitsPolicy(tier="enterprise")) == {
        "organisation requests minute": 1_000,
        "organisation tokens minute": 1_000_000,
    }


def test_the_organisation_s_own_limit_takes_the_place_of_its_tier_s_and_leaves_the_other() -> None:
    policy = LimitsPolicy(tier="free", organisation=Rates(requests_per_minute=70))
    assert named(policy) == {"organisation requests minute": 70, "organisation tokens minute": 10_000}


def test_what_is_said_of_one_key_holds_over_what_is_said_of_each() -> None:
    each = Rates(requests_per_minute=1, tokens_per_minute=2)
    policy = LimitsPolicy(each_key=each, each_user=each, keys=(own(WHO.key_id, requests_per_minute=9),))
    assert named(policy) == {
        "user requests minute": 1,
        "user tokens minute": 2,
        "key requests minute": 9,
        "key tokens minute": 2,
    }
    other = Scope(tenant_id=WHO.tenant_id, actor_id=WHO.actor_id, permissions=frozenset(), key_id=uuid4())
    assert named(policy, other)["key requests minute"] == 1
    session = Scope(tenant_id=WHO.tenant_id, actor_id=WHO.actor_id, permissions=frozenset())
    assert not any(name.startswith("key") for name in named(policy, session))


def test_windows_end_with_their_day_and_month() -> None:
    policy = LimitsPolicy(organisation=Rates(requests_per_day=1, tokens_per_month=1))
    day, month = buckets(policy)
    assert datetime.fromtimestamp(day.ends_s, UTC) == datetime(2027, 1, 1, tzinfo=UTC)
    assert datetime.fromtimestamp(month.ends_s, UTC) == datetime(2027, 1, 1, tzinfo=UTC)
    assert plan_of(policy, WHO, NOW, default_tier="free").until == datetime(2027, 1, 1, tzinfo=UTC)


def test_a_throttled_quota_has_its_slow_rate_behind_it() -> None:
    policy = LimitsPolicy(organisation=Rates(requests_per_minute=5, requests_per_day=100), beyond_quota="throttle")
    assert [bucket.rule for bucket in buckets(policy)] == [Rule.RATE, Rule.SOFT, Rule.SLOW]


def test_every_limit_has_a_bucket_of_its_own_and_all_of_an_organisation_lie_together() -> None:
    all_of_them = Rates.model_validate(dict.fromkeys(Rates.model_fields, 7))
    models = (RatesOfModel(model="a/m", requests_per_minute=1), RatesOfModel(model="a/n", requests_per_minute=1))
    policy = LimitsPolicy(organisation=all_of_them, each_user=all_of_them, each_key=all_of_them, models=models)
    plan = plan_of(policy, WHO, NOW, default_tier="free")
    keys = [bucket.key for bucket in (*plan.buckets, *plan.models["a/m"], *plan.models["a/n"])]
    assert len(set(keys)) == len(keys) == 20
    assert {key.split("}")[0] for key in keys} == {"{" + WHO.tenant_id.hex}


def test_no_rate_that_can_be_set_is_too_large_to_be_counted_exactly() -> None:
    field = next(data for data in LimitsPolicy.model_json_schema()["$defs"]["Rates"]["properties"].values())
    assert field["anyOf"][0]["maximum"] == MOST_A_MINUTE
    assert MOST_A_MINUTE * 60_000_000 < 2**53


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=200, max_size=2_000), st.integers(1, 100_000))
def test_the_rough_reading_is_of_the_right_size_and_long_answers_are_not_reserved_whole(text: str, asked: int) -> None:
    request = Request(
        model="gpt-4o",
        messages=(Message(role="user", parts=(Text(text=text),)),),
        sampling=Sampling(max_output_tokens=asked),
    )
    assert 0.2 < tokens_of(request) / count(request, "gpt-4o").tokens < 5
    assert output_tokens(request) == min(asked, LONGEST_RESERVED_ANSWER)


def test_what_has_no_answer_in_tokens_reserves_none() -> None:
    assert output_tokens(EmbeddingRequest(model="m", texts=("a" * 400,))) == 0
    assert tokens_of(EmbeddingRequest(model="m", texts=("a" * 400,))) == 101
    assert tokens_of(RelayRequest(model="m", operation="audio/speech", before=b"x", after=b"y")) == 0
