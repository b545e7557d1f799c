"""Whether people may be remembered beyond a conversation."""

from typing import Literal

from pydantic import Field

from chimera.policies.sections.section import Section


class MemoryPolicy(Section):
    mode: Literal["off", "opt_in", "on"] = Field(
        "opt_in",
        examples=["off"],
        description="`off`: nothing is remembered of anybody; `opt_in`: of who turned it on; `on`: of all but those "
        "who turned it off",
    )
