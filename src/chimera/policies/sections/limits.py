"""How fast the organisation, its people and its keys may ask."""

from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from chimera.policies.sections.section import Section

_MOST_A_MINUTE = 100_000_000
_MOST = 1_000_000_000_000
_LONGEST_LIST = 200

Tier: TypeAlias = Literal["free", "starter", "professional", "enterprise", "unlimited"]
AMinute: TypeAlias = Annotated[int | None, Field(ge=1, le=_MOST_A_MINUTE)]
Quota: TypeAlias = Annotated[int | None, Field(ge=1, le=_MOST)]


class Rates(Section):
    """Requests and tokens that may be asked for; what is left out is not limited here.

    A minute's worth can be used at once. Days and months are those of UTC.
    """

    requests_per_minute: AMinute = Field(None, examples=[60])
    tokens_per_minute: AMinute = Field(None, examples=[60_000])
    requests_per_day: Quota = None
    tokens_per_day: Quota = None
    requests_per_month: Quota = None
    tokens_per_month: Quota = None


class RatesById(Rates):
    """Rates of one user or key; what is left out is as for all of them."""

    id: UUID = Field(strict=False, examples=["01890a5d-ac96-774b-bcce-b302099a8057"])


class RatesOfModel(Rates):
    """Rates of the organisation at one model."""

    model: str = Field(min_length=1, max_length=200, examples=["openai/gpt-5"], description="Its id in the catalogue")


class LimitsPolicy(Section):
    tier: Literal["default", "free", "starter", "professional", "enterprise", "unlimited"] = Field(
        "default",
        examples=["starter"],
        description="Limits of the whole organisation; `default` is what the server is configured with",
    )
    organisation: Rates = Field(Rates(), description="Of the whole organisation, instead of what its tier gives")
    each_user: Rates = Field(Rates(), description="Of every user by themselves")
    each_key: Rates = Field(Rates(), description="Of every API key by itself")
    users: tuple[RatesById, ...] = Field((), strict=False, max_length=_LONGEST_LIST, description="Of single users")
    keys: tuple[RatesById, ...] = Field((), strict=False, max_length=_LONGEST_LIST, description="Of single API keys")
    models: tuple[RatesOfModel, ...] = Field(
        (), strict=False, max_length=_LONGEST_LIST, description="Of all together at single models"
    )
    beyond_quota: Literal["refuse", "throttle"] = Field(
        "refuse", description="What happens when a day's or month's quota is used up"
    )
    throttled_requests_per_minute: int = Field(
        1, ge=1, le=10_000, description="Of whoever used a quota up, with `throttle`"
    )
