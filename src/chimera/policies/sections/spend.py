"""What may be spent without a price, and who hears of it."""

from typing import Literal

from pydantic import Field

from chimera.policies.sections.section import Section


class SpendPolicy(Section):
    unpriced: Literal["default", "allow", "refuse", "ceiling"] = Field(
        "default",
        examples=["ceiling"],
        description="Calls to models without a known price: `allow` lets them through where no budget binds them, "
        "`refuse` refuses them, `ceiling` holds and charges the server's ceiling price",
    )
