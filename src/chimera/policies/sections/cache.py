"""Which answers may be given again."""

from typing import Literal

from pydantic import Field

from chimera.policies.sections.section import Section


class CachePolicy(Section):
    mode: Literal["off", "join", "exact", "semantic"] = Field(
        "off",
        examples=["exact"],
        description="`join`: the same question, asked several times at once, is asked once; `exact`: and gets the same "
        "answer later; `semantic`: so do questions that mean the same",
    )
    shared: bool = Field(
        default=False,
        description="Whether people of the organisation get each other's answers; else each only their own",
    )
    conversations: bool = Field(
        default=False, description="Whether conversations that are kept here take part; else only the API does"
    )
    ttl_s: int = Field(3600, ge=1, le=2_592_000, description="Longest age of an answer in seconds")
    max_wrong: float = Field(
        0.01, gt=0, le=0.2, description="Of answers by meaning, the share that may be wrong, with 95 % certainty"
    )
