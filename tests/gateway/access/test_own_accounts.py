"""What an organisation's own account takes the place of, and who may answer in its place."""

from collections.abc import Sequence
from uuid import uuid4

from chimera.gateway.access.catalogues import Catalogues, joined
from chimera.gateway.accounts.account import Account, Own
from chimera.gateway.call import Target, new_call
from chimera.gateway.catalogue import Catalogue
from chimera.gateway.names import Names, Share
from chimera.gateway.routes import Routes
from chimera.kit.scope import Scope
from chimera.llm import ModelCard, Request

SCOPE = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
DEPLOYED = Names(
    deployments={"fast": (Share(model="openai/m", weight=1), Share(model="anthropic/m", weight=0))},
    aliases={"usual": "openai/m"},
)
HOUSE = Catalogue({"openai": (ModelCard(name="m"),), "anthropic": (ModelCard(name="m"),)}, {}, DEPLOYED)


def own(*, house_follows: bool = False, provider: str = "openai") -> Own:
    account = Account(id="1", kind="openai", house_follows=house_follows)
    return Own(accounts={provider: account}, cards={provider: (ModelCard(name="m"), ModelCard(name="mine"))})


async def asked(model: str, offered: Own, *fallbacks: str, configured: Sequence[str] = ()) -> list[str]:
    """Who would be asked: keys, so that accounts are told apart."""
    routes = Routes(catalogue=lambda _scope: joined(offered, HOUSE), fallbacks={"openai/m": configured})
    call = new_call(SCOPE, Request(model=model, messages=()), patience_s=1, fallbacks=fallbacks)
    return [target.key for target in routes.targets(call)]


async def test_every_name_of_a_provider_means_the_organisation_s_own_account() -> None:
    for name in ("openai/m", "m", "usual", "openai/unlisted", "mine"):
        (key,) = await asked(name, own())
        assert key.startswith("own:1/"), name
    assert await asked("anthropic/m", own()) == ["anthropic/m"]


async def test_the_house_s_accounts_stand_in_only_where_somebody_of_the_organisation_says_so() -> None:
    assert await asked("fast", own()) == ["own:1/m"]
    assert await asked("openai/m", own(), configured=["anthropic/m"]) == ["own:1/m"]
    assert await asked("openai/m", own(), "anthropic/m", configured=["anthropic/m"]) == ["own:1/m", "anthropic/m"]
    assert await asked("anthropic/m", own(), "openai/m") == ["anthropic/m", "own:1/m"]


async def test_with_its_leave_the_same_model_at_the_house_s_account_is_asked_first() -> None:
    offered = own(house_follows=True)
    assert await asked("openai/m", offered) == ["own:1/m", "openai/m"]
    assert await asked("fast", offered) == ["own:1/m", "openai/m", "anthropic/m"]
    assert await asked("openai/m", offered, configured=["anthropic/m"]) == ["own:1/m", "openai/m", "anthropic/m"]
    assert await asked("ours/m", own(house_follows=True, provider="ours")) == ["own:1/m"]


def test_who_has_no_account_gets_the_house_s_catalogue_itself() -> None:
    assert Catalogues(house=lambda: HOUSE).of(SCOPE) is HOUSE


def test_metrics_hear_no_names_that_organisations_chose() -> None:
    account = Account(id="1", kind="openai_compatible")
    target = Target(provider="anything", model="whatever", card=ModelCard(name="whatever"), account=account)
    assert (target.label, target.provider_label) == ("own_account/openai_compatible", "own_account")
    assert target.id == "anything/whatever"
