"""With whom people may share conversations by a link, and for how long."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from chimera.policies.sections.section import Section


class SharingPolicy(Section):
    audience: Literal["off", "organisation", "anybody"] = Field(
        "organisation",
        examples=["anybody"],
        description="Who may be shown a conversation by a link, at most: nobody, who is signed in to the organisation, "
        "or whoever has the link. Links that go further open no more",
    )
    longest_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        365, examples=[30], description="A link is over so long after it was made, whatever was said then"
    )
    copies: StrictBool = Field(
        default=True,
        description="People of the organisation may go on, in a conversation of their own, with what a link shows",
    )
