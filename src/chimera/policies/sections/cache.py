"""Which answers may be given again."""

from typing import Literal

from pydantic import Field

from chimera.policies.sections.section import Section


class CachePolicy(Section):
    mode: Literal["off", "exact", "semantic"] = Field(
        "off",
        examples=["exact"],
        description="`exact`: the same question gets the same answer; `semantic`: so do questions that mean it",
    )
    shared: bool = Field(
        default=False,
        description="Whether people of the organisation get each other's answers; else each only their own",
    )
    ttl_s: int = Field(3600, ge=1, le=2_592_000, description="Longest age of an answer in seconds")
    max_wrong: float = Field(
        0.01, gt=0, le=0.2, description="Of answers by meaning, the share that may be wrong, with 95 % certainty"
    )
