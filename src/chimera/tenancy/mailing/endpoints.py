"""`/api/v1/password/reset` and `/api/v1/email`: what whoever reads a person's e-mail may do."""

from fastapi import APIRouter, Request, status

from chimera.tenancy.channels import presented, require_same_origin
from chimera.tenancy.mailing.resetting import Resetting
from chimera.tenancy.mailing.schemas import EmailVerify, ResetConfirm, ResetCreate
from chimera.web.caller import Caller
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter

_ANOTHER_SITE = refusals({403: "Another site asked."})


def router(resetting: Resetting) -> APIRouter:
    api = LateRouter(prefix="/api/v1", tags=["session"])

    @api.post("/password/reset", status_code=status.HTTP_204_NO_CONTENT, responses=_ANOTHER_SITE)
    async def ask_for_new_password(body: ResetCreate, request: Request) -> None:
        """Have a token for a new password sent, at most once an hour. Whether the address is known is not told."""
        require_same_origin(presented(request.scope["headers"]).headers)
        resetting.ask(body.email)

    @api.post("/password/reset/confirm", status_code=status.HTTP_204_NO_CONTENT, responses=_ANOTHER_SITE)
    async def set_new_password(body: ResetConfirm, request: Request) -> None:
        """Set a new password with the token of the e-mail. All sessions and tokens of the person end; sign in then."""
        require_same_origin(presented(request.scope["headers"]).headers)
        await resetting.reset(body.token, body.new_password.get_secret_value())

    @api.post("/email/verification", status_code=status.HTTP_204_NO_CONTENT)
    async def ask_to_verify_email(caller: Caller) -> None:
        """Have a token sent to your own address, at most once an hour, to show that you read it."""
        await resetting.ask_to_verify(caller)

    @api.post("/email/verify", status_code=status.HTTP_204_NO_CONTENT, responses=_ANOTHER_SITE)
    async def verify_email(body: EmailVerify, request: Request) -> None:
        """Show with the token of the e-mail that the address is yours."""
        require_same_origin(presented(request.scope["headers"]).headers)
        await resetting.verify(body.token)

    return api
