"""How `auto` chooses a model."""

from pydantic import Field

from chimera.policies.sections.section import Section


class RoutingPolicy(Section):
    dial: float = Field(0.5, examples=[0.5], ge=0, le=1, description="0 is cheapest, 1 is best")
    candidates: tuple[str, ...] = Field(
        (), strict=False, description="Models that `auto` may choose; empty for every chat model"
    )
    sticky: bool = Field(default=True, description="Keep a conversation with its model while that serves it well")
