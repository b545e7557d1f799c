"""`/api/v1/session` and `/api/v1/password`: signing in and out, and one's own password."""

from fastapi import APIRouter, Request, Response, status

from chimera.tenancy.channels import COOKIE, presented, require_same_origin, session_token
from chimera.tenancy.errors import SecondFactorRequiredError
from chimera.tenancy.sessions.accounts import Accounts
from chimera.tenancy.sessions.beginning import hand_over, visitor_of
from chimera.tenancy.sessions.identity import PasswordChange
from chimera.tenancy.sessions.proving import Proving
from chimera.tenancy.sessions.schemas import PasswordUpdate, ProofCreate, SessionCreate, SessionRead
from chimera.tenancy.sessions.steps import StepNeeded
from chimera.web.caller import Caller
from chimera.web.openapi import refusals
from chimera.web.problems import ProblemResponse, error_headers, problem, request_id_of, status_of
from chimera.web.routers import LateRouter

_PROVING = refusals({429: "Too many failures; `retry_after_s` says when to try again."})
_SIGN_IN = _PROVING | refusals(
    {401: "The e-mail address or the password is wrong, or a second factor is needed.", 403: "Another site asked."}
)
_SIGN_OUT = refusals({403: "Another site asked."})


def router(accounts: Accounts, proving: Proving) -> APIRouter:
    api = LateRouter(prefix="/api/v1")

    @api.post("/session", tags=["session"], responses=_SIGN_IN, response_model=SessionRead)
    async def sign_in(body: SessionCreate, request: Request, response: Response) -> SessionRead | Response:
        """Sign in: sets the cookie `chimera_session`. After repeated failures it answers 429 with `retry_after_s`.

        Where a second factor is needed it answers 401 with the code `second_factor_required`, and names in `methods`
        what would do; the `step` goes to `POST /api/v1/session/second-factor`.
        """
        require_same_origin(presented(request.scope["headers"]).headers)
        password, visitor = body.password.get_secret_value(), visitor_of(request)
        outcome = await accounts.sign_in(body.email, password, visitor=visitor, tenant_id=body.tenant_id)
        if isinstance(outcome, StepNeeded):
            return _ask_for_more(outcome, request)
        hand_over(outcome.token, request, response)
        return SessionRead.of(outcome.person)

    @api.get("/session", tags=["session"])
    async def show_session(caller: Caller, response: Response) -> SessionRead:
        """Who is signed in."""
        response.headers["cache-control"] = "no-store"
        return SessionRead.of(await accounts.who(caller))

    @api.delete("/session", status_code=status.HTTP_204_NO_CONTENT, tags=["session"], responses=_SIGN_OUT)
    async def sign_out(request: Request, response: Response) -> None:
        """Sign out: ends the session of the cookie and clears it. Without a session it does nothing."""
        token = _token(request)
        if token is not None:
            require_same_origin(presented(request.scope["headers"]).headers)
            await accounts.sign_out(token)
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict", secure=_is_secure(request))

    @api.post("/session/proof", status_code=status.HTTP_204_NO_CONTENT, tags=["session"], responses=_PROVING)
    async def prove_again(body: ProofCreate, request: Request, caller: Caller) -> None:
        """Prove again who you are: factors may be changed by this session within the next ten minutes."""
        await proving.prove(caller, body.password.get_secret_value(), visitor=visitor_of(request))

    @api.post("/password", status_code=status.HTTP_204_NO_CONTENT, tags=["session"], responses=_PROVING)
    async def change_password(body: PasswordUpdate, request: Request, caller: Caller) -> None:
        """Change one's own password. All other sessions of the account end."""
        change = PasswordChange(old=body.old_password.get_secret_value(), new=body.new_password.get_secret_value())
        await accounts.change_password(caller, change, session=_token(request), address=visitor_of(request).address)

    return api


def _token(request: Request) -> str | None:
    token = session_token(presented(request.scope["headers"]).headers)
    return None if token is None else token.decode("latin-1")


def _ask_for_more(needed: StepNeeded, request: Request) -> Response:
    error = SecondFactorRequiredError("The password is right. Prove a second factor, too.")
    told = {"methods": needed.methods} | ({"step": needed.token} if needed.token else {})
    body = problem(error, request_id_of(request)) | told
    return ProblemResponse(body, status_of(error), error_headers(error) | {"cache-control": "no-store"})


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"
