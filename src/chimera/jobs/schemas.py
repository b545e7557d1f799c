"""Shapes of the HTTP API of jobs: what and how, never whose or about what."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from chimera.jobs.states import JobState


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True)


class JobRead(_Read):
    """Something that is to be done. What is done is gone."""

    id: UUID
    kind: str = Field(description="Which work it is.", examples=["conversations.rest"])
    state: JobState = Field(description="`dead`: tried as often as its kind allows; kept until somebody decides.")
    priority: int = Field(description="Higher ones go first among those of the organisation.")
    attempts: int = Field(description="Begun so far.", examples=[1])
    created_at: datetime
    due_at: datetime = Field(description="When it is taken; while it runs, when its worker is taken for dead.")
    trouble: str | None = Field(description="Code of what went wrong last.", examples=["provider_unavailable"])
    replica: str | None = Field(description="The process in which it runs, or ran last.")


class JobPage(_Read):
    """Jobs, newest first."""

    data: list[JobRead]
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page; null on the last.")


class ScheduleRead(_Read):
    """Something that is done again and again, by one replica of all."""

    name: str = Field(examples=["conversations.rest"])
    due_at: datetime = Field(description="When next.")
    done_at: datetime | None = Field(description="When it was tried last.")
    trouble: str | None = Field(description="Code of what went wrong then; null if all went well.")


class ScheduleList(_Read):
    """All schedules, by name."""

    data: list[ScheduleRead]
