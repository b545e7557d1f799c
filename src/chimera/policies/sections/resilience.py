"""What happens while not all is well."""

from typing import Literal

from pydantic import Field

from chimera.policies.sections.section import Section


class ResiliencePolicy(Section):
    level: Literal["auto", "full", "degraded", "minimal", "offline"] = Field(
        "auto", examples=["degraded"], description="How much is offered; `auto` follows the health of the providers"
    )
    cheaper: dict[str, str] = Field(
        default_factory=dict,
        max_length=100,
        examples=[{"openai/gpt-5": "openai/gpt-5-mini"}],
        description="While degraded, who answers instead, by the model that is asked for; `*` is any other",
    )
    degraded_output_tokens: int | None = Field(
        None, ge=1, le=10_000_000, description="While degraded, the longest answer"
    )
    budget_ends: Literal["refuse", "degrade"] = Field(
        "refuse", description="When a budget is used up: refuse, or ask whom `cheaper` names if that can be paid"
    )
    offline_answer: str = Field(
        "",
        max_length=10_000,
        description="The answer while offline, or, on `auto`, when no model can be reached; empty refuses instead",
    )
    hedge_share: float = Field(
        0.0,
        ge=0,
        le=0.2,
        examples=[0.05],
        description="At most this share of calls is asked a second time when the first token takes unusually long",
    )
