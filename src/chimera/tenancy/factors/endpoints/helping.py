"""`/api/v1/users/{user_id}/sessions` and `…/factors`: for who manages users."""

from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import APIRouter, status

from chimera.kit.scope import Scope
from chimera.tenancy.factors.helping import Helping
from chimera.tenancy.permissions import USERS_MANAGE
from chimera.tenancy.sessions.schemas import DeviceList, DeviceRead
from chimera.web.caller import needs
from chimera.web.routers import LateRouter

UserManager: TypeAlias = Annotated[Scope, needs(USERS_MANAGE)]


def router(helping: Helping) -> APIRouter:
    api = LateRouter(prefix="/api/v1", tags=["users"])

    @api.get("/users/{user_id}/sessions")
    async def list_sessions_of_user(user_id: UUID, caller: UserManager) -> DeviceList:
        """Where a user is signed in, in this organisation; the last used first."""
        return DeviceList(data=[DeviceRead.of(device) for device in await helping.sessions_of(caller, user_id)])

    @api.delete("/users/{user_id}/sessions", status_code=status.HTTP_204_NO_CONTENT)
    async def end_sessions_of_user(user_id: UUID, caller: UserManager) -> None:
        """Sign a user out everywhere, in this organisation. Nobody reaches who may do more than they."""
        await helping.end_sessions_of(caller, user_id)

    @api.delete("/users/{user_id}/factors", status_code=status.HTTP_204_NO_CONTENT)
    async def reset_factors_of_user(user_id: UUID, caller: UserManager) -> None:
        """Take away the factors of who lost theirs: authenticator app, recovery codes, passkeys. Their sessions end.

        Of who belongs to other organisations as well only an operator may.
        """
        await helping.reset_factors_of(caller, user_id)

    return api
