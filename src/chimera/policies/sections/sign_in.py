"""How people of the organisation sign in, and for how long."""

from typing import Annotated

from pydantic import Field, StrictBool

from chimera.policies.sections.section import Section


class SignInPolicy(Section):
    second_factor: StrictBool = Field(
        default=False,
        description="Who signs in with a password proves a second factor, too; passkeys and identity providers do so "
        "by themselves",
    )
    provider_only: StrictBool = Field(
        default=False,
        description="People come in by the organisation's identity provider alone; owners by other ways, too, so that "
        "a provider that fails can be mended",
    )
    shortest_password: Annotated[int, Field(ge=12, le=64)] = Field(
        12, examples=[16], description="Characters of a new password, at least"
    )
    idle_minutes: Annotated[int, Field(ge=5, le=20_160)] = Field(
        20_160, examples=[60], description="A session that is not used for so long ends"
    )
    longest_hours: Annotated[int, Field(ge=1, le=2160)] = Field(
        2160, examples=[12], description="A session ends so long after the sign-in, used or not"
    )
