"""How long what is kept is kept, and when conversations rest, are completed, and lose their words."""

from typing import Annotated, TypeAlias

from pydantic import Field

from chimera.policies.sections.section import Section

Days: TypeAlias = Annotated[int | None, Field(ge=1, le=36_500)]


class RetentionPolicy(Section):
    conversations_days: Days = Field(
        None, examples=[365], description="After so many days without a word; for ever when left out"
    )
    memories_days: Days = Field(
        None, examples=[730], description="Of what is remembered of people, after they said it last"
    )
    temporary_days: Days = Field(
        1, examples=[1], description="Of conversations that are temporary, after so many days without a word"
    )
    responses_days: Days = Field(None, examples=[30], description="Of stored responses, after they were asked for")
    files_days: Days = Field(None, examples=[90], description="Of files, after they were uploaded or written")
    batches_days: Days = Field(None, examples=[90], description="Of batches, after they were made")
    audit_days: Annotated[int | None, Field(ge=30, le=36_500)] = Field(
        None, examples=[730], description="Of entries of the trail that lie below a checkpoint"
    )
    webhook_log_days: Days = Field(None, examples=[30], description="Of events that webhooks were told, and their log")


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
