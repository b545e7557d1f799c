"""Budgets as they are asked for and shown."""

import re
from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints

from chimera.kit.numbers import number
from chimera.spend.budgets import Kind, Period, Unit
from chimera.spend.planning.states import DEFAULT_THRESHOLDS, Level

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Subject = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]
_AMOUNT: Final = r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?$"


def _amount(value: object) -> object:
    """Say by an example what a pattern says to machines."""
    if not isinstance(value, str) or not re.fullmatch(_AMOUNT, value):
        raise ValueError('must be a decimal in quotes, such as "25.00", not negative, with at most 9 places')
    return value


# What a limit must be beyond this depends on its unit.
Limit = Annotated[str, StringConstraints(max_length=30, pattern=_AMOUNT), BeforeValidator(_amount)]
LEAST_THRESHOLD: Final = 10


Threshold = Annotated[int, Field(ge=LEAST_THRESHOLD, le=1000), BeforeValidator(number)]
Thresholds = Annotated[list[Threshold], Field(max_length=10)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BudgetCreate(Body):
    name: Name = Field(description="What it is for.", examples=["Research, monthly"])
    kind: Kind = Field(description="Whom it binds.", examples=["user"])
    subject: Subject | None = Field(
        None,
        description="Id of that one (a model's is provider/model), or `*`: each of them apart, as when left out. None "
        "for the organisation.",
        examples=["*"],
    )
    period: Period = Field(description="In UTC; weeks begin on Monday.", examples=["month"])
    unit: Unit = Field("usd", description="What is counted.")
    limit: Limit = Field(description="USD as decimals; tokens and requests whole.", examples=["250.00"])
    hard: StrictBool = Field(default=True, description="Refuse what would exceed it; else only tell.", examples=[True])
    thresholds: Thresholds = Field(
        list(DEFAULT_THRESHOLDS), description="Percentages of the limit that are told.", examples=[[80, 100]]
    )


class BudgetUpdate(Body):
    """What is left out, or null, stays."""

    name: Name | None = Field(None, description="What it is for.", examples=["Research, monthly"])
    limit: Limit | None = Field(None, description="USD as decimals; tokens and requests whole.", examples=["300.00"])
    hard: StrictBool | None = Field(None, description="Refuse what would exceed it.", examples=[True])
    thresholds: Thresholds | None = Field(None, description="Percentages that are told.", examples=[[50, 80, 100]])
    enabled: StrictBool | None = Field(None, description="Whether it binds; it counts in any case.", examples=[True])


class StandingRead(BaseModel):
    """How a budget stands for one subject in its present window; amounts in the budget's unit."""

    subject: str
    starts_on: date
    renews_at: datetime | None = Field(description="When the next window begins; null for `total`.")
    spent: str = Field(examples=["12.50"])
    held: str = Field(description="Reserved by calls under way.", examples=["0.02"])
    left: str = Field(examples=["237.48"])
    percent: float = Field(description="Spent, of the limit.", examples=[5.0])
    level: Level
    projected: str | None = Field(description="What will have been spent at the window's end.", examples=["210.00"])


class BudgetRead(BaseModel):
    """A budget, and how it stands: for each subject that spent something, the fullest first, at most 100."""

    id: UUID
    name: str
    kind: Kind
    subject: str
    period: Period
    unit: Unit
    limit: str = Field(examples=["250.00"])
    hard: bool
    enabled: bool
    thresholds: list[int]
    created_at: datetime
    standings: list[StandingRead]


class BudgetList(BaseModel):
    data: list[BudgetRead]


class AlertRead(BaseModel):
    """A threshold that was reached."""

    subject: str
    starts_on: date
    threshold_percent: int | None = Field(description="Null: more than the limit was foreseen for the window's end.")
    spent: str
    at: datetime


class AlertPage(BaseModel):
    """Newest first."""

    data: list[AlertRead]
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page; null on the last.")
