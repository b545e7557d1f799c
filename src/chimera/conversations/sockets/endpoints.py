"""`POST /api/v1/ws/tickets`: for pages that open a socket where no cookie of theirs goes."""

from datetime import datetime

from fastapi import APIRouter, Request, status
from pydantic import BaseModel, ConfigDict, Field

from chimera.conversations.endpoints.chatter import Chatter
from chimera.tenancy.live.tickets import Tickets
from chimera.web.routers import LateRouter


class TicketRead(BaseModel):
    model_config = ConfigDict(frozen=True)

    ticket: str = Field(description="For `?ticket=` or an `auth` frame; good once.")
    expires_at: datetime


def router(tickets: Tickets) -> APIRouter:
    api = LateRouter(prefix="/api/v1/ws", tags=["conversations"])

    @api.post("/tickets", status_code=status.HTTP_201_CREATED)
    async def make_ticket(request: Request, caller: Chatter) -> TicketRead:
        """A ticket for one WebSocket at `/api/v1/ws/chat` or `/api/v1/ws/{conversation_id}`, good for 30 seconds.

        It stands for the credential of this request: what ends that, ends the socket.
        """
        made = await tickets.make(request)
        return TicketRead(ticket=made.ticket, expires_at=made.expires_at)

    return api
