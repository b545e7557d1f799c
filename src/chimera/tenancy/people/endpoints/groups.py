"""`/api/v1/groups` and who is in them."""

from uuid import UUID

from fastapi import APIRouter, status

from chimera.tenancy.people.endpoints.asking import Page, UserManager, UserReader
from chimera.tenancy.people.member import TeamTerms
from chimera.tenancy.people.schemas import GroupCreate, GroupPage, GroupRead, GroupUpdate
from chimera.tenancy.people.teams import Teams
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter

_TAKEN = refusals({404: "There is no such role, or group.", 409: "Another group has the name."})


def router(teams: Teams) -> APIRouter:
    api = LateRouter(prefix="/api/v1/groups", tags=["groups"])
    _add_groups(api, teams)
    _add_members(api, teams)
    return api


def _add_groups(api: APIRouter, teams: Teams) -> None:
    @api.get("")
    async def list_groups(caller: UserReader, paging: Page) -> GroupPage:
        """Groups of the organisation, the newest first. `GET /api/v1/users?group_id=…` lists the members of one."""
        found, following = await teams.page(caller, paging)
        return GroupPage(data=[GroupRead.of(team) for team in found], next_cursor=following)

    @api.post("", status_code=status.HTTP_201_CREATED, responses=_TAKEN)
    async def create_group(body: GroupCreate, caller: UserManager) -> GroupRead:
        """Make a group without members."""
        terms = TeamTerms(name=body.name, description=body.description, role=body.role)
        return GroupRead.of(await teams.make(caller, terms))

    @api.get("/{group_id}")
    async def read_group(group_id: UUID, caller: UserReader) -> GroupRead:
        """One group."""
        return GroupRead.of(await teams.get(caller, group_id))

    @api.patch("/{group_id}", responses=_TAKEN)
    async def change_group(group_id: UUID, body: GroupUpdate, caller: UserManager) -> GroupRead:
        """Rename a group, or let its members do more or less. What is left out stays."""
        now = await teams.get(caller, group_id)
        terms = TeamTerms(
            name=now.name if body.name is None else body.name,
            description=now.description if body.description is None else body.description,
            role=body.role if "role" in body.model_fields_set else now.role,
        )
        return GroupRead.of(await teams.change(caller, group_id, terms))

    @api.delete("/{group_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def remove_group(group_id: UUID, caller: UserManager) -> None:
        """Forget a group. Its members stay users."""
        await teams.remove(caller, group_id)


def _add_members(api: APIRouter, teams: Teams) -> None:
    @api.put("/{group_id}/members/{user_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def join_group(group_id: UUID, user_id: UUID, caller: UserManager) -> None:
        """Put a user into a group: its role and budgets hold for them within 5 seconds everywhere."""
        await teams.join(caller, group_id, user_id)

    @api.delete("/{group_id}/members/{user_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def leave_group(group_id: UUID, user_id: UUID, caller: UserManager) -> None:
        """Take a user out of a group."""
        await teams.leave(caller, group_id, user_id)
