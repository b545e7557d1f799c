"""Which models are tried beside others."""

from typing import Literal

from pydantic import Field

from chimera.policies.sections.section import Section


class Experiment(Section):
    """A share of the calls of one model goes to another, or, as a shadow, is asked of it as well."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$", examples=["try-mini"])
    kind: Literal["canary", "ab", "shadow"] = Field(
        "canary",
        description="`canary` ends by itself when the challenger is worse; `ab` only compares; `shadow` asks it in the "
        "background and changes no answer",
    )
    model: str = Field(min_length=1, max_length=200, examples=["openai/gpt-5"], description="As callers ask for it")
    challenger: str = Field(min_length=1, max_length=200, examples=["openai/gpt-5-mini"])
    share: float = Field(ge=0, le=1, examples=[0.1], description="Of the calls; 1 promotes the challenger")
    sticky: Literal["conversation", "user"] = Field(
        "conversation", description="What stays with its model: each conversation, or each person or key"
    )
    usd_per_day: float = Field(
        1.0, ge=0, le=100_000, description="The most that a shadow may cost a day; by then it rests until midnight UTC"
    )


class ExperimentsPolicy(Section):
    running: tuple[Experiment, ...] = Field(
        (),
        strict=False,
        max_length=20,
        description="The first one whose model is asked for counts",
        examples=[[{"name": "try-mini", "model": "openai/gpt-5", "challenger": "openai/gpt-5-mini", "share": 0.1}]],
    )
