"""`/api/v1/invitations`."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Request, Response, status

from chimera.kit.mail import Mail
from chimera.tenancy.people.accepting import Acceptance, Accepting
from chimera.tenancy.people.endpoints.asking import Page, UserManager
from chimera.tenancy.people.invitations import Guest, Inviting
from chimera.tenancy.people.schemas import (
    InvitationAccept,
    InvitationAccepted,
    InvitationCreate,
    InvitationPage,
    InvitationRead,
)
from chimera.tenancy.sessions.beginning import visitor_of
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter

_NOT_MADE = refusals(
    {404: "There is no such role or group.", 409: "They are a user already, or too many invitations are open."}
)
_NOT_TAKEN = refusals(
    {
        401: "The address has an account, and it has another password.",
        404: "There is no such invitation, or none any more.",
        429: "Too many failures; `retry_after_s` says when to try again.",
    }
)


def router(inviting: Inviting, accepting: Accepting, post: Callable[[Mail], Awaitable[None]]) -> APIRouter:
    api = LateRouter(prefix="/api/v1/invitations", tags=["users"])

    @api.get("")
    async def list_invitations(caller: UserManager, paging: Page) -> InvitationPage:
        """Invitations that nobody accepted yet, the newest first; expired ones among them."""
        found, following = await inviting.page(caller, paging)
        return InvitationPage(data=[InvitationRead.of(one) for one in found], next_cursor=following)

    @api.post("", status_code=status.HTTP_201_CREATED, responses=_NOT_MADE)
    async def create_invitation(body: InvitationCreate, caller: UserManager, later: BackgroundTasks) -> InvitationRead:
        """Invite an address for seven days: a message with a link goes to it. An open invitation of it is replaced."""
        guest = Guest(email=body.email, role=body.role, group_ids=body.group_ids)
        sent = await inviting.invite(caller, guest)
        later.add_task(post, sent.mail)
        return InvitationRead.of(sent.invitation)

    @api.delete("/{invitation_id:uuid}", status_code=status.HTTP_204_NO_CONTENT)
    async def revoke_invitation(invitation_id: UUID, caller: UserManager) -> None:
        """Take an invitation back."""
        await inviting.revoke(caller, invitation_id)

    @api.post("/accept", responses=_NOT_TAKEN)
    async def accept_invitation(body: InvitationAccept, request: Request, response: Response) -> InvitationAccepted:
        """Become a user, with the token of the message. Whoever has an account proves it with its password."""
        response.headers["cache-control"] = "no-store"
        acceptance = Acceptance(token=body.token, password=body.password.get_secret_value(), name=body.name)
        joined = await accepting.accept(acceptance, address=visitor_of(request).address)
        return InvitationAccepted(
            tenant_id=joined.tenant_id, tenant_name=joined.tenant_name, user_id=joined.user_id, email=joined.email
        )

    return api
