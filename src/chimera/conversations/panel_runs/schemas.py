"""Shapes of the HTTP API of panels."""

import re
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints

from chimera.conversations.fields import MAX_IMAGES, MAX_SEQ, Count, ImageUrl, Model, Prompt, Said
from chimera.conversations.panels.limits import LONGEST_S, MOST_SEATS, MOST_TURNS
from chimera.conversations.panels.state import Role
from chimera.conversations.panels.steps import StopReason
from chimera.conversations.panels.structured import MOST_BID
from chimera.kit.numbers import number
from chimera.prompts.persona_schemas import Avatar, Colour

_AMOUNT: Final = r"^(0|[1-9][0-9]{0,5})(\.[0-9]{1,9})?$"

Kind: TypeAlias = Literal[
    "mention", "round_robin", "moderator", "volunteer", "debate", "council", "merge", "manual"
]  # fmt: skip


def _amount(value: object) -> object:
    """Say by an example what a pattern says to machines."""
    if not isinstance(value, str) or not re.fullmatch(_AMOUNT, value):
        raise ValueError('must be a decimal in quotes, such as "0.50", not negative, with at most 9 places')
    return value


Amount: TypeAlias = Annotated[str, StringConstraints(max_length=17, pattern=_AMOUNT), BeforeValidator(_amount)]
Handle: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=32, pattern="^[A-Za-z][A-Za-z0-9_-]*$", examples=["Ada"])
]
Threshold: TypeAlias = Annotated[int, Field(ge=0, le=MOST_BID), BeforeValidator(number)]
Seed: TypeAlias = Annotated[int, Field(ge=0, le=MAX_SEQ), BeforeValidator(number)]
Turns: TypeAlias = Annotated[int, Field(ge=1, le=MOST_TURNS), BeforeValidator(number)]
Seconds: TypeAlias = Annotated[float, Field(gt=0, le=LONGEST_S, allow_inf_nan=False), BeforeValidator(number)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True)


class ParticipantWrite(_Body):
    """A model with a part to play."""

    handle: Handle = Field(description="Its name here: letters, digits, `_` and `-`.")
    model: Model | None = Field(None, description="Model that speaks; the persona's where none is named.")
    persona: Prompt = Field("", description="Instructions of its own.", examples=["You are a sceptical engineer."])
    persona_id: UUID | None = Field(None, description="A persona of the library, as it is now, before `persona`.")
    muted: StrictBool = Field(default=False, description="Whether it only listens.", examples=[False])
    colour: Colour = Field("", description="In which it is shown; the persona's where none is named.")
    avatar: Avatar = Field("", description="An emoji; the persona's where none is named.", examples=["🦊"])
    budget_usd: Amount | None = Field(None, description="What it may cost in all.", examples=["0.20"])


class ParticipantChange(_Body):
    """What should become of a participant; what is not sent stays. Another model goes on in its place."""

    model: Model | None = Field(None, description="Model that speaks from now on.")
    persona: Prompt | None = Field(None, description="Instructions of its own.", examples=["You are an optimist."])
    muted: StrictBool | None = Field(None, description="Whether it only listens.", examples=[True])
    budget_usd: Amount | None = Field(None, description="What it may cost in all.", examples=["0.20"])


class PolicySetting(_Body):
    """Who speaks when."""

    kind: Kind = Field(description="How that is decided.", examples=["round_robin"])
    chair: Handle | None = Field(
        None, description="Who moderates, judges or brings the answers together; needed where somebody does."
    )
    threshold: Threshold = Field(5, description="Of `volunteer`: the least bid that speaks.", examples=[5])


class LimitsSetting(_Body):
    """What ends a run; all but the budget count from when the person last spoke."""

    turns: Turns = Field(12, description="Speeches to all.", examples=[12])
    rounds: Turns = Field(2, description="How often everybody has a turn.", examples=[2])
    budget_usd: Amount | None = Field(None, description="What the panel may cost in all.", examples=["0.50"])
    tokens: Count | None = Field(None, description="Read and written.", examples=[50_000])
    seconds: Seconds | None = Field(None, description="No speech begins later.", examples=[300])
    consensus: StrictBool = Field(default=True, description="End when everybody agrees.", examples=[True])
    nothing_new: StrictBool = Field(default=True, description="End when a speech repeats.", examples=[True])
    human: StrictBool = Field(default=True, description="End when somebody asks @human.", examples=[True])


class PanelWrite(_Body):
    """A whole panel. Participants of the same name stay who they are."""

    participants: tuple[ParticipantWrite, ...] = Field(min_length=1, max_length=MOST_SEATS)
    policy: PolicySetting
    limits: LimitsSetting = LimitsSetting()
    seed: Seed | None = Field(None, description="Draws by lot are the same for the same seed.", examples=[7])


class PanelRun(_Body):
    """Let the panel speak."""

    text: Said | None = Field(None, description="What the person says first; without it the panel goes on.")
    images: tuple[ImageUrl, ...] = Field((), max_length=MAX_IMAGES, description="Pictures, with `text`.")
    next: Handle | None = Field(None, description="Who speaks first, whatever the policy says.")
    steps: Turns | None = Field(None, description="Pause after so many steps.", examples=[1])
    stream: StrictBool = Field(default=False, description="Answer with server-sent events.", examples=[False])


class PanelInterjection(_Body):
    """What a person says while the panel speaks, or before it goes on."""

    text: Said
    images: tuple[ImageUrl, ...] = Field((), max_length=MAX_IMAGES)


class PanelSkip(_Body):
    """Whose speech should end now."""

    handle: Handle


class PanelRetry(_Body):
    """Which speech should be made again."""

    message_id: UUID
    stream: StrictBool = Field(default=False, description="Answer with server-sent events.", examples=[False])


class ParticipantRead(_Read):
    id: UUID
    handle: str = Field(examples=["Ada"])
    model: str = Field(examples=["openai/gpt-5"])
    persona: str
    persona_id: UUID | None = Field(description="The persona of the library that it was taken from")
    muted: bool
    colour: str = Field(examples=["#d97706"])
    avatar: str = Field(examples=["🦊"])
    budget_usd: str | None = Field(examples=["0.20"])


class PolicyRead(_Read):
    kind: Kind
    chair: str | None
    threshold: int | None


class LimitsRead(_Read):
    turns: int
    rounds: int
    budget_usd: str | None
    tokens: int | None
    seconds: float | None
    consensus: bool
    nothing_new: bool
    human: bool


class PanelRead(_Read):
    """A panel as it stands."""

    conversation_id: UUID
    participants: list[ParticipantRead]
    policy: PolicyRead
    limits: LimitsRead
    seed: int
    spent_usd: str = Field(
        description="What it cost so far, with what is set aside for those who speak", examples=["0.01"]
    )
    pausing: bool = Field(description="Whether it stops before the next speaker")


class NextRead(_Read):
    """Somebody whose turn follows."""

    participant_id: UUID
    handle: str = Field(examples=["Bob"])
    role: Role
    why: str = Field(examples=["It is Bob's turn in round 1."])


class EndRead(_Read):
    reason: StopReason
    why: str = Field(examples=["Everybody spoke 2 times."])


class StagedPanelRead(PanelRead):
    """A panel, what it came to since the person last spoke, and who follows those who speak now."""

    turns: int = Field(description="Speeches to all", examples=[3])
    round: int = Field(description="Of the last speech; 0 before the first", examples=[1])
    tokens: int = Field(description="Read and written", examples=[4_200])
    held_usd: str = Field(description="Of what it cost, what is set aside for those who speak", examples=["0.00"])
    coming: list[NextRead] = Field(description="Whose turns follow, as far as that can be known")
    ends: EndRead | None = Field(description="Why it ends after them, where that can be known")
