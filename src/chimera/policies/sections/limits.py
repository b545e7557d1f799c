"""How fast the organisation, its people and its keys may ask."""

from typing import Literal

from pydantic import Field

from chimera.policies.sections.section import Section


class LimitsPolicy(Section):
    tier: Literal["default", "free", "starter", "professional", "enterprise", "unlimited"] = Field(
        "default",
        examples=["starter"],
        description="Limits of the whole organisation; `default` is what the server is configured with",
    )
