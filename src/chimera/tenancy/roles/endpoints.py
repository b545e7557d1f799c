"""`/api/v1/roles` and `/api/v1/permissions`."""

from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Path, status
from pydantic import Field

from chimera.kit.scope import Scope
from chimera.tenancy.permissions import ROLES_MANAGE, USERS_READ
from chimera.tenancy.roles.schemas import PermissionList, RoleCreate, RoleList, RoleModels, RoleRead, RoleUpdate
from chimera.tenancy.roles.service import Roles
from chimera.web.caller import Caller, needs
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter

Reader: TypeAlias = Annotated[Scope, needs(USERS_READ)]
Writer: TypeAlias = Annotated[Scope, needs(ROLES_MANAGE)]
BuiltIn = Annotated[Annotated[str, Field(max_length=63)], Path(examples=["member"])]
_NOT_MADE = refusals({409: "There is one of the name, or there are too many."})
_IN_USE = refusals({409: "Somebody has it."})


def router(roles: Roles) -> APIRouter:
    api = LateRouter(prefix="/api/v1", tags=["roles"])
    _add_reading(api, roles)
    _add_writing(api, roles)
    return api


def _add_reading(api: APIRouter, roles: Roles) -> None:
    @api.get("/permissions")
    async def list_permissions(caller: Caller) -> PermissionList:
        """What there is to be allowed, and what each lets do."""
        return PermissionList.whole()

    @api.get("/roles")
    async def list_roles(caller: Reader) -> RoleList:
        """The built-in roles and the organisation's own, with what each gives. At most 106, so all at once."""
        return RoleList(data=[RoleRead.of(role) for role in await roles.list(caller)])

    @api.get("/roles/{role_id}")
    async def read_role(role_id: UUID, caller: Reader) -> RoleRead:
        """A role of the organisation's own."""
        return RoleRead.of(await roles.get(caller, role_id))


def _add_writing(api: APIRouter, roles: Roles) -> None:
    @api.post("/roles", status_code=status.HTTP_201_CREATED, responses=_NOT_MADE)
    async def create_role(body: RoleCreate, caller: Writer) -> RoleRead:
        """Make a role of the organisation's own, which gives no more than you hold."""
        return RoleRead.of(await roles.create(caller, body.name, body.terms))

    @api.patch("/roles/{role_id}")
    async def change_role(role_id: UUID, body: RoleUpdate, caller: Writer) -> RoleRead:
        """Change what a role gives: to all who have it here at once, on other replicas within 5 seconds."""
        return RoleRead.of(await roles.change(caller, role_id, body.terms_in))

    @api.delete("/roles/{role_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_IN_USE)
    async def delete_role(role_id: UUID, caller: Writer) -> None:
        """Delete a role that nobody has."""
        await roles.remove(caller, role_id)

    @api.put("/roles/built-in/{role_name}")
    async def bind_role(role_name: BuiltIn, body: RoleModels, caller: Writer) -> RoleRead:
        """Say which models the holders of a built-in role may ask. What else it gives stays."""
        return RoleRead.of(await roles.bind(caller, role_name, body.chosen))
