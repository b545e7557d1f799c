"""Bodies of `/api/v1/users`, `/api/v1/service-accounts`, `/api/v1/groups` and `/api/v1/invitations`."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool, StringConstraints

from chimera.tenancy.people.member import Invitation, Member, Team, UserKind
from chimera.tenancy.schemas import Body, Name, Password
from chimera.tenancy.sessions.passwords import LONGEST, SHORTEST

RoleName = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]
_MOST_GROUPS = 50


class GroupName(BaseModel):
    id: UUID
    name: str = Field(examples=["Research"])


class MemberRead(BaseModel):
    """A user: a person of the organisation, or a service account."""

    id: UUID
    kind: UserKind
    email: str | None = Field(description="Null for a service account", examples=["ada@example.org"])
    name: str = Field(examples=["Ada"])
    role: str = Field(examples=["member"])
    groups: list[GroupName]
    operator: bool = Field(description="Whether they may run the whole installation, too")
    created_at: datetime
    suspended_at: datetime | None = Field(description="Since when they do not get in")

    @classmethod
    def of(cls, member: Member) -> "MemberRead":
        return cls.model_validate(member, from_attributes=True)


class MyselfRead(MemberRead):
    """Who one is oneself, and what the credential that asks may do."""

    permissions: list[str] = Field(examples=[["chat", "models:read"]])


class MemberPage(BaseModel):
    data: list[MemberRead]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last")


class MemberUpdate(Body):
    """What is left out, or null, stays."""

    name: Name | None = Field(None, examples=["Ada Lovelace"])
    role: RoleName | None = Field(None, description="One of the organisation's; never more than yours.")
    suspended: StrictBool | None = Field(None, description="Whether they are shut out.")


class ServiceAccountCreate(Body):
    name: Name = Field(description="What it is for.", examples=["Nightly report"])
    role: RoleName = Field("member", description="One of the organisation's; never more than yours.")


class ServiceAccountUpdate(MemberUpdate):
    """What is left out, or null, stays."""


class GroupCreate(Body):
    name: Name = Field(description="Unlike those of the others.", examples=["Research"])
    description: Description = Field("", examples=["Everybody on the third floor"])
    role: RoleName | None = Field(
        None, description="What its members may do beside what their own role lets them.", examples=["billing"]
    )


class GroupUpdate(Body):
    """What is left out stays; a role of null is none."""

    name: Name | None = Field(None, examples=["Research"])
    description: Description | None = None
    role: RoleName | None = None


class GroupRead(BaseModel):
    """A group: a team whose budgets bind its members."""

    id: UUID
    name: str = Field(examples=["Research"])
    description: str
    role: str | None = Field(examples=["billing"])
    created_at: datetime

    @classmethod
    def of(cls, team: Team) -> "GroupRead":
        return cls.model_validate(team, from_attributes=True)


class GroupPage(BaseModel):
    data: list[GroupRead]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last")


class InvitationCreate(Body):
    email: str = Field(max_length=320, description="In any spelling.", examples=["ada@example.org"])
    role: RoleName = Field("member", description="One of the organisation's; never more than yours.")
    group_ids: list[UUID] = Field(default_factory=list, max_length=_MOST_GROUPS, description="To be put into.")


class InvitationRead(BaseModel):
    """An invitation that was not accepted yet. Its secret is in the message to the address alone."""

    id: UUID
    email: str = Field(examples=["ada@example.org"])
    role: str = Field(examples=["member"])
    group_ids: list[UUID]
    invited_by: UUID
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, invitation: Invitation) -> "InvitationRead":
        return cls.model_validate(invitation, from_attributes=True)


class InvitationPage(BaseModel):
    data: list[InvitationRead]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last")


class InvitationAccept(Body):
    token: str = Field(min_length=1, max_length=200, description="From the message.", examples=["4sQ3…"])
    password: Password = Field(
        description="A new one of at least 12 characters; the present one of whoever has an account.",
        examples=["several unrelated words"],
        json_schema_extra={"minLength": SHORTEST, "maxLength": LONGEST},
    )
    name: Name | None = Field(None, description="How they are called in the organisation.", examples=["Ada"])


class InvitationAccepted(BaseModel):
    """Sign in now, with address and password."""

    tenant_id: UUID
    tenant_name: str = Field(examples=["My organisation"])
    user_id: UUID
    email: str = Field(examples=["ada@example.org"])
