"""Small steps around the turns of a conversation: which are taken, and by whom."""

from typing import Literal

from pydantic import Field

from chimera.policies.sections.section import Section

Way = Literal["off", "local", "model"]


class StepsPolicy(Section):
    titles: bool = Field(
        default=True, description="Whether a model gives conversations their titles, instead of what was said first"
    )
    intent: Way = Field(
        "local",
        examples=["model"],
        description="Whether it is told what a message wants: `local` by rules of the house; `model` asks the model "
        "where these are unsure",
    )
    references: Way = Field(
        "local",
        examples=["model"],
        description="Whether earlier messages are looked through for what “it” and “he” stand for, likewise",
    )
    clarifying: bool = Field(
        default=False, description="Whether a message that may mean two things is answered with a short question first"
    )
    recap_every: int = Field(
        0, ge=0, le=100, examples=[10], description="After how many answers a recap is made; 0 for on request only"
    )
    model: str | None = Field(
        None,
        min_length=1,
        max_length=300,
        examples=["openai/gpt-5-nano"],
        description="A cheap one, for all of these; the operator's when null",
    )
