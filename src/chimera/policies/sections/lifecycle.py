"""When conversations rest, are completed, and lose their words."""

from pydantic import Field

from chimera.policies.sections.retention import Days
from chimera.policies.sections.section import Section


class LifecyclePolicy(Section):
    enabled: bool = Field(
        default=True, examples=[False], description="Whether anything becomes of conversations by themselves"
    )
    pause_minutes: int = Field(
        30, ge=5, le=10_080, examples=[30], description="After so many without a word a conversation is paused"
    )
    complete_days: Days = Field(
        30, examples=[30], description="After so many without a word it is completed; never when null"
    )
    retire_days: Days = Field(
        90, examples=[90], description="After so many without a word its words are deleted; never when null"
    )
