"""`/api/v1/factors` and `/api/v1/session/second-factor`: authenticator apps and recovery codes."""

from fastapi import APIRouter, Request, Response, status

from chimera.tenancy.channels import presented, require_same_origin
from chimera.tenancy.factors.authenticators import Authenticators
from chimera.tenancy.factors.schemas import (
    EnrolmentCreate,
    FactorsRead,
    RecoveryCodesCreated,
    SecondFactorCreate,
    TotpConfirm,
    TotpCreated,
)
from chimera.tenancy.factors.second_step import SecondStep
from chimera.tenancy.sessions.beginning import hand_over, visitor_of
from chimera.tenancy.sessions.schemas import SessionRead
from chimera.web.caller import Caller
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter

_STEP = refusals(
    {
        401: "The code is not good, or the sign-in is over.",
        403: "Another site asked.",
        409: "There is an authenticator app already.",
        429: "Too many failures; `retry_after_s` says when to try again.",
    }
)
_OWN = refusals({404: "There is none.", 409: "There is one already."})


def router(authenticators: Authenticators, second_step: SecondStep) -> APIRouter:
    api = LateRouter(prefix="/api/v1")

    @api.post("/session/second-factor", tags=["session"], responses=_STEP)
    async def prove_second_factor(body: SecondFactorCreate, request: Request, response: Response) -> SessionRead:
        """Sign in with a second factor, after a right password. A step takes five tries, for five minutes."""
        require_same_origin(presented(request.scope["headers"]).headers)
        visitor = visitor_of(request)
        signed_in = await second_step.answer(body.step, body.code.get_secret_value(), visitor=visitor)
        hand_over(signed_in.token, request, response)
        return SessionRead.of(signed_in.person)

    @api.post("/session/second-factor/totp", tags=["session"], responses=_STEP)
    async def enrol_to_sign_in(body: EnrolmentCreate, request: Request, response: Response) -> TotpCreated:
        """Set up an authenticator app because the organisation wants one, where `methods` said `enrol`."""
        require_same_origin(presented(request.scope["headers"]).headers)
        response.headers["cache-control"] = "no-store"
        return TotpCreated.of(await second_step.enrol(body.step, visitor=visitor_of(request)))

    _add_own(api, authenticators)
    return api


def _add_own(api: APIRouter, authenticators: Authenticators) -> None:
    @api.get("/factors", tags=["factors"])
    async def show_factors(caller: Caller) -> FactorsRead:
        """What you can prove beside your password."""
        return FactorsRead.of(await authenticators.show(caller))

    @api.post("/factors/totp", tags=["factors"], status_code=status.HTTP_201_CREATED, responses=_OWN)
    async def begin_totp(caller: Caller, response: Response) -> TotpCreated:
        """Set up an authenticator app. It counts once a code of it was confirmed. Needs a fresh proof."""
        response.headers["cache-control"] = "no-store"
        return TotpCreated.of(await authenticators.begin(caller))

    @api.post("/factors/totp/confirm", tags=["factors"], status_code=status.HTTP_204_NO_CONTENT, responses=_OWN)
    async def confirm_totp(body: TotpConfirm, caller: Caller) -> None:
        """Confirm the app with the code that it shows: from now on a password alone does not sign you in."""
        await authenticators.confirm(caller, body.code.get_secret_value())

    @api.delete("/factors/totp", tags=["factors"], status_code=status.HTTP_204_NO_CONTENT, responses=_OWN)
    async def remove_totp(caller: Caller) -> None:
        """Remove the authenticator app, and the recovery codes with it. Needs a fresh proof."""
        await authenticators.remove(caller)

    @api.post("/factors/recovery-codes", tags=["factors"], status_code=status.HTTP_201_CREATED, responses=_OWN)
    async def make_recovery_codes(caller: Caller, response: Response) -> RecoveryCodesCreated:
        """Make ten recovery codes in place of those before, each good once. Needs a fresh proof."""
        response.headers["cache-control"] = "no-store"
        return RecoveryCodesCreated(codes=await authenticators.new_codes(caller))
