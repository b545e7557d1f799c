"""`/api/v1/sessions`: where one is signed in."""

from uuid import UUID

from fastapi import APIRouter, status

from chimera.tenancy.sessions.devices import Devices
from chimera.tenancy.sessions.schemas import DeviceList, DeviceRead
from chimera.web.caller import Caller
from chimera.web.routers import LateRouter


def router(devices: Devices) -> APIRouter:
    api = LateRouter(prefix="/api/v1", tags=["session"])

    @api.get("/sessions")
    async def list_sessions(caller: Caller) -> DeviceList:
        """Where you are signed in, in this organisation; the last used first."""
        return DeviceList(data=[DeviceRead.of(device) for device in await devices.list(caller)])

    @api.delete("/sessions", status_code=status.HTTP_204_NO_CONTENT)
    async def end_other_sessions(caller: Caller) -> None:
        """Sign out everywhere else."""
        await devices.end_others(caller)

    @api.delete("/sessions/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def end_session(session_id: UUID, caller: Caller) -> None:
        """Sign out there: it stops working here at once, on other replicas within 5 seconds."""
        await devices.end(caller, session_id)

    return api
