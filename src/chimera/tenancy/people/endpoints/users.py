"""`/api/v1/users` and `/api/v1/service-accounts`."""

from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status
from pydantic import WithJsonSchema

from chimera.tenancy.people.directory import SERVICE, Directory
from chimera.tenancy.people.endpoints.asking import ID, TEXT, Page, Text, UserManager, UserReader
from chimera.tenancy.people.member import MemberChange, UserKind, Wanted
from chimera.tenancy.people.schemas import (
    MemberPage,
    MemberRead,
    MemberUpdate,
    MyselfRead,
    ServiceAccountCreate,
    ServiceAccountUpdate,
)
from chimera.web.caller import Caller
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter

# A path of its own, so that `/users/me` takes no other methods than it says.
_ONE = "/users/{user_id:uuid}"
_CHANGED = refusals({409: "The organisation would have no owner any more."})
_NO_GROUP = refusals({404: "There is no such group."})
_NO_ROLE = refusals({404: "There is no such role."})
_KIND = WithJsonSchema({"type": "string", "enum": ["person", "service"]})


async def _wanted(
    search: Annotated[Text | None, Query(description="Part of a name or address, in any case."), TEXT] = None,
    role: Annotated[Text | None, Query(description="Only who has this role."), TEXT] = None,
    group_id: Annotated[UUID | None, Query(description="Only who is in this group."), ID] = None,
    kind: Annotated[UserKind | None, Query(description="Only persons, or only service accounts."), _KIND] = None,
) -> Wanted:
    return Wanted(search=search, role=role, group_id=group_id, kind=kind)


AskedUsers: TypeAlias = Annotated[Wanted, Depends(_wanted)]


def router(directory: Directory) -> APIRouter:
    api = LateRouter(prefix="/api/v1")
    _add_myself(api, directory)
    _add_users(api, directory)
    _add_service_accounts(api, directory)
    return api


def _add_myself(api: APIRouter, directory: Directory) -> None:
    @api.get("/users/me", tags=["users"])
    async def show_myself(caller: Caller) -> MyselfRead:
        """Who one is in the organisation, one's groups, and what the credential may do."""
        member = MemberRead.of(await directory.myself(caller))
        return MyselfRead(**member.model_dump(), permissions=sorted(caller.permissions))


def _add_users(api: APIRouter, directory: Directory) -> None:
    @api.get("/users", tags=["users"], responses=_NO_GROUP)
    async def list_users(caller: UserReader, wanted: AskedUsers, paging: Page) -> MemberPage:
        """Users of the organisation, the newest first: persons and service accounts."""
        members, following = await directory.page(caller, wanted, paging)
        return MemberPage(data=[MemberRead.of(member) for member in members], next_cursor=following)

    @api.get(_ONE, tags=["users"])
    async def read_user(user_id: UUID, caller: UserReader) -> MemberRead:
        """One user."""
        return MemberRead.of(await directory.get(caller, user_id))

    @api.patch(_ONE, tags=["users"], responses=_CHANGED)
    async def change_user(user_id: UUID, body: MemberUpdate, caller: UserManager) -> MemberRead:
        """Rename a user, give another role, suspend or restore: it holds at once, everywhere within 5 seconds."""
        return MemberRead.of(await directory.change(caller, user_id, _change(body)))

    @api.delete(_ONE, status_code=status.HTTP_204_NO_CONTENT, tags=["users"], responses=_CHANGED)
    async def remove_user(user_id: UUID, caller: UserManager) -> None:
        """Remove a user with keys and sessions. What they wrote stays until it is erased."""
        await directory.remove(caller, user_id)


def _add_service_accounts(api: APIRouter, directory: Directory) -> None:
    where = "/service-accounts"

    @api.get(where, tags=["users"])
    async def list_service_accounts(caller: UserReader, paging: Page) -> MemberPage:
        """Service accounts of the organisation, the newest first."""
        members, following = await directory.page(caller, Wanted(kind=SERVICE), paging)
        return MemberPage(data=[MemberRead.of(member) for member in members], next_cursor=following)

    @api.post(where, status_code=status.HTTP_201_CREATED, tags=["users"], responses=_NO_ROLE)
    async def create_service_account(body: ServiceAccountCreate, caller: UserManager) -> MemberRead:
        """Make a user that is no person: it acts through API keys, which are made for it."""
        return MemberRead.of(await directory.make_service_account(caller, body.name, body.role))

    @api.get(f"{where}/{{service_account_id}}", tags=["users"])
    async def read_service_account(service_account_id: UUID, caller: UserReader) -> MemberRead:
        """One service account."""
        return MemberRead.of(await directory.get(caller, service_account_id, kind=SERVICE))

    @api.patch(f"{where}/{{service_account_id}}", tags=["users"])
    async def change_service_account(
        service_account_id: UUID, body: ServiceAccountUpdate, caller: UserManager
    ) -> MemberRead:
        """Rename a service account, give another role, suspend or restore it."""
        return MemberRead.of(await directory.change(caller, service_account_id, _change(body), kind=SERVICE))

    @api.delete(f"{where}/{{service_account_id}}", status_code=status.HTTP_204_NO_CONTENT, tags=["users"])
    async def remove_service_account(service_account_id: UUID, caller: UserManager) -> None:
        """Remove a service account with its keys."""
        await directory.remove(caller, service_account_id, kind=SERVICE)


def _change(body: MemberUpdate) -> MemberChange:
    return MemberChange(name=body.name, role=body.role, suspended=body.suspended)
