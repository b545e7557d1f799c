"""Shapes in which conversations tell what of the library they use."""

from uuid import UUID

from pydantic import Field

from chimera.prompts.schemas import Read


class CastRead(Read):
    """Whom a conversation began with, as that persona was then."""

    id: UUID
    version: int
    name: str
    avatar: str
    colour: str
    greeting: str = Field(description="For the person to read; no model is shown it")
    starters: list[str]


class AnsweredWithRead(Read):
    """The version of a prompt of the library that an answer was given with."""

    id: UUID
    version: int
