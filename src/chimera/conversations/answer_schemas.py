"""Shapes of what stands beside an answer: why its model was chosen, and what its owner said of it."""

from pydantic import BaseModel, ConfigDict, Field


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True)


class OtherModelRead(_Read):
    """Another model that `auto` weighed, and why it was not chosen."""

    model: str = Field(examples=["openai/gpt-5"])
    why: str = Field(examples=["Costs 12.0 times as much for +4%."])


class ChoiceRead(_Read):
    """Why `auto` chose a model."""

    chosen: str = Field(description="By the router; another may have answered in its place", examples=["openai/gpt-5"])
    confidence: float = Field(description="Expected share of good answers, 0 to 1", examples=[0.84])
    reasons: list[str] = Field(description="The weightiest first")
    alternatives: list[OtherModelRead] = Field(description="Could have answered, best first")
    rejected: list[OtherModelRead] = Field(description="Could not, or should not then")


class FeedbackRead(_Read):
    """What its owner said of an answer."""

    good: bool
    text: str | None
