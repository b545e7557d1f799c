"""Shapes of the HTTP API of personas."""

from typing import Annotated, TypeAlias

from pydantic import Field, JsonValue, StringConstraints

from chimera.prompts.schemas import (
    Body,
    ItemProfile,
    ItemRead,
    ItemUpdate,
    Point,
    PromptUseSetting,
    Read,
    Text,
)

Model: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00]*$")]
Colour: TypeAlias = Annotated[str, StringConstraints(max_length=7, pattern="^(#[0-9a-f]{6})?$")]
Avatar: TypeAlias = Annotated[str, StringConstraints(max_length=16, pattern=r"^[^\x00-\x1f\x7f]*$")]


class PersonaBodySetting(Body):
    """Somebody that a model plays."""

    avatar: Avatar = Field("", description="An emoji.", examples=["🦊"])
    colour: Colour = Field("", examples=["#d97706"])
    model: Model | None = Field(None, description="Which model plays it.", examples=["openai/gpt-5"])
    temperature: Annotated[float, Field(strict=True, ge=0, le=2, allow_inf_nan=False)] | None = Field(
        None, examples=[0.7]
    )
    text: Text = Field("", description="What it is told; no template.", examples=["You are a sceptical engineer."])
    prompt: PromptUseSetting | None = Field(
        None, description="A prompt that it is told before `text`. Whoever uses the persona must see that prompt, too."
    )
    greeting: Point = Field("", description="Shown to a person before they say anything.", examples=["What is it?"])
    starters: tuple[Point, ...] = Field((), max_length=10, examples=[["Review this design."]])


class PersonaCreate(ItemProfile, PersonaBodySetting):
    """A persona."""


class PersonaUpdate(ItemUpdate):
    """What is left out, or null, stays; `played` replaces all of what it is."""

    played: PersonaBodySetting | None = Field(None, description="All of what it is, anew.", examples=[None])


class UsedPromptRead(Read):
    id: str
    version: int | None
    label: str | None
    variables: dict[str, JsonValue]


class PersonaRead(ItemRead):
    """A persona as it is now."""

    version: int = Field(description="Raised when what it is changes")
    avatar: str
    colour: str
    model: str | None
    temperature: float | None
    text: str
    prompt: UsedPromptRead | None
    greeting: str
    starters: list[str]


class PersonaPage(Read):
    """Personas, the last changed first."""

    data: list[PersonaRead]
    next_cursor: str | None
