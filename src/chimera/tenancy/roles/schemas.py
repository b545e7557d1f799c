"""Bodies of `/api/v1/roles` and `/api/v1/permissions`."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from chimera.tenancy.permissions import MEANINGS
from chimera.tenancy.roles.role import Role, RoleTerms
from chimera.tenancy.schemas import Body, ModelPattern, Permission

RoleName = Annotated[str, StringConstraints(min_length=1, max_length=63, pattern=r"^[a-z][a-z0-9_-]*$")]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]
Models = Annotated[
    list[ModelPattern] | None,
    Field(
        min_length=1,
        max_length=100,
        description="Which models its holders may ask: ids, beginnings with `*`, aliases; null for all.",
        examples=[["openai/*"]],
    ),
]
Permissions = Annotated[
    list[Permission], Field(max_length=50, description="Never more than yours.", examples=[["chat", "models:read"]])
]


class RoleCreate(Body):
    name: RoleName = Field(description="By which users and groups refer to it; it stays.", examples=["analyst"])
    description: Description = Field("", examples=["Asks models and reads the books"])
    permissions: Permissions
    models: Models = None

    @property
    def terms(self) -> RoleTerms:
        return RoleTerms(
            description=self.description, permissions=frozenset(self.permissions), models=_each_once(self.models)
        )


class RoleUpdate(Body):
    """What is left out stays."""

    description: Description | None = Field(None, examples=["Asks models and reads the books"])
    permissions: Permissions | None = None
    models: Models = None

    def terms_in(self, present: RoleTerms) -> RoleTerms:
        return RoleTerms(
            description=present.description if self.description is None else self.description,
            permissions=present.permissions if self.permissions is None else frozenset(self.permissions),
            models=_each_once(self.models) if "models" in self.model_fields_set else present.models,
        )


class RoleModels(Body):
    models: Models

    @property
    def chosen(self) -> tuple[str, ...] | None:
        return _each_once(self.models)


def _each_once(models: list[str] | None) -> tuple[str, ...] | None:
    return None if models is None else tuple(dict.fromkeys(models))


class RoleRead(BaseModel):
    id: UUID | None = Field(description="Null for a role that is built in.")
    name: str = Field(examples=["analyst"])
    description: str
    permissions: list[str] = Field(examples=[["chat", "models:read"]])
    models: list[str] | None = Field(description="Which models its holders may ask; null for all.")

    @classmethod
    def of(cls, role: Role) -> "RoleRead":
        terms = role.terms
        return cls(
            id=role.id,
            name=role.name,
            description=terms.description,
            permissions=sorted(terms.permissions),
            models=None if terms.models is None else list(terms.models),
        )


class RoleList(BaseModel):
    data: list[RoleRead]


class PermissionRead(BaseModel):
    name: str = Field(examples=["chat"])
    meaning: str = Field(description="What it lets do.", examples=["Ask models, and keep conversations"])


class PermissionList(BaseModel):
    data: list[PermissionRead]

    @classmethod
    def whole(cls) -> "PermissionList":
        return cls(data=[PermissionRead(name=name, meaning=meaning) for name, meaning in MEANINGS.items()])
