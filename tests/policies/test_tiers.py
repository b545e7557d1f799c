"""The operator's tier holds over whatever an organisation sets for itself."""

from pathlib import Path
from uuid import UUID

import pytest
from tests.spend.pages import owners_client, whoever_asks

from chimera.policies.sections.limits import LimitsPolicy, Rates
from chimera.policies.tiers import TIERS, TierNotYoursError, check_within, within
from chimera.tenancy.repository import AllTenants

LIMITS = "/api/v1/policies/limits"


def test_what_is_wider_than_granted_is_narrowed_and_what_is_narrower_stays() -> None:
    wide = LimitsPolicy(tier="unlimited", organisation=Rates(requests_per_minute=1_000, tokens_per_day=5))
    held = within(wide, "starter")
    assert (held.tier, held.organisation) == ("starter", Rates(requests_per_minute=60, tokens_per_day=5))
    with pytest.raises(TierNotYoursError):
        check_within(wide, "starter")
    narrow = LimitsPolicy(tier="free", organisation=Rates(requests_per_minute=20))
    assert within(narrow, "starter") is narrow
    check_within(narrow, "starter")


@pytest.mark.parametrize("granted", TIERS)
def test_any_tier_up_to_the_granted_one_may_be_chosen(granted: str) -> None:
    order = list(TIERS)
    for chosen in order:
        held = within(LimitsPolicy(tier=chosen), granted)  # type: ignore[arg-type]  # its names
        assert held.tier == order[min(order.index(chosen), order.index(granted))]


async def test_an_organisation_does_not_raise_itself_and_feels_a_new_tier_from_the_next_call_on(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with owners_client(sqlite_url, tmp_path) as (chimera, http):
        tenant, _ = await whoever_asks(http)
        assert (await http.put(LIMITS, json={"tier": "professional"})).is_success
        async with chimera.house.database.system_transaction() as tx:
            row = await AllTenants(tx).get(UUID(str(tenant)))
            assert row is not None
            row.tier = "free"
        chimera.house.policies._known.clear()
        shown = (await http.get("/api/v1/policies")).json()["limits"]
        assert shown["tier"] == (await http.get(LIMITS)).json()["policy"]["tier"] == "free"
        for wider in ({"tier": "starter"}, {"organisation": {"requests_per_minute": 11}}):
            refused = await http.put(LIMITS, json=wider)
            assert (refused.status_code, refused.json()["code"]) == (403, "tier_not_yours")
        assert (await http.put(LIMITS, json={"organisation": {"requests_per_minute": 3}})).is_success
        asked = {"model": "auto", "messages": [{"role": "user", "content": "Hi"}]}
        answers = [await http.post("/api/v1/estimate", json=asked) for _ in range(4)]
        assert answers[3].status_code == 429
        assert (await http.delete(LIMITS)).json()["limits"]["tier"] == "free"
