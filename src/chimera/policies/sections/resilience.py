"""What happens while not all is well."""

from typing import Literal

from pydantic import Field

from chimera.policies.sections.section import Section


class ResiliencePolicy(Section):
    level: Literal["auto", "full", "degraded", "minimal", "offline"] = Field(
        "auto", examples=["degraded"], description="How much is offered; `auto` follows the health of the providers"
    )
