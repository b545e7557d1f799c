"""Bodies of `/api/v1/password/reset` and `/api/v1/email`."""

from typing import Annotated

from pydantic import Field, StringConstraints

from chimera.tenancy.schemas import Body, Password
from chimera.tenancy.sessions.passwords import LONGEST, SHORTEST

MailToken = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class ResetCreate(Body):
    email: str = Field(max_length=320, description="In any spelling.", examples=["ada@example.org"])


class ResetConfirm(Body):
    token: MailToken = Field(description="As it stands in the e-mail.", examples=["q1Vd8zJ0…"])
    new_password: Password = Field(
        description="At least 12 characters, or as many as the organisation wants.",
        examples=["several unrelated words"],
        json_schema_extra={"minLength": SHORTEST, "maxLength": LONGEST},
    )


class EmailVerify(Body):
    token: MailToken = Field(description="As it stands in the e-mail.", examples=["q1Vd8zJ0…"])
