"""HTTP API of this package: the session, one's password, and API keys."""

from uuid import UUID

from fastapi import APIRouter, Request, Response, status

from chimera.tenancy.accounts import LONGEST, Accounts
from chimera.tenancy.channels import COOKIE, presented, require_same_origin, session_token
from chimera.tenancy.identity import PasswordChange
from chimera.tenancy.keys import Keys
from chimera.tenancy.schemas import (
    ApiKeyCreate,
    ApiKeyCreated,
    ApiKeyList,
    ApiKeyRead,
    PasswordUpdate,
    SessionCreate,
    SessionRead,
)
from chimera.web.caller import Caller
from chimera.web.openapi import refusals

_PROVING = refusals({429: "Too many failures; `retry_after_s` says when to try again."})
_SIGN_IN = _PROVING | refusals({401: "The e-mail address or the password is wrong.", 403: "Another site asked."})
_SIGN_OUT = refusals({403: "Another site asked."})


def router(*, accounts: Accounts, keys: Keys) -> APIRouter:
    """Everything under `/api/v1/session`, `/api/v1/password` and `/api/v1/keys`."""
    api = APIRouter(prefix="/api/v1")
    _add_session(api, accounts)
    _add_keys(api, keys)
    return api


def _add_session(api: APIRouter, accounts: Accounts) -> None:
    @api.post("/session", tags=["session"], responses=_SIGN_IN)
    async def sign_in(body: SessionCreate, request: Request, response: Response) -> SessionRead:
        """Sign in: sets the cookie `chimera_session`. After repeated failures it answers 429 with `retry_after_s`."""
        require_same_origin(presented(request.scope["headers"]).headers)
        signed_in = await accounts.sign_in(body.email, body.password.get_secret_value(), address=_address(request))
        response.set_cookie(
            COOKIE,
            signed_in.token,
            max_age=int(LONGEST.total_seconds()),
            path="/",
            httponly=True,
            samesite="strict",
            secure=_is_secure(request),
        )
        response.headers["cache-control"] = "no-store"
        return SessionRead.of(signed_in.person)

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

    @api.post("/password", status_code=status.HTTP_204_NO_CONTENT, tags=["session"], responses=_PROVING)
    async def change_password(body: PasswordUpdate, request: Request, caller: Caller) -> None:
        """Change one's own password. All other sessions of the account end."""
        change = PasswordChange(old=body.old_password.get_secret_value(), new=body.new_password.get_secret_value())
        await accounts.change_password(caller, change, session=_token(request), address=_address(request))


def _add_keys(api: APIRouter, keys: Keys) -> None:
    @api.get("/keys", tags=["keys"])
    async def list_keys(caller: Caller) -> ApiKeyList:
        """API keys of the organisation, without their secrets, oldest first. Needs `keys:manage`."""
        return ApiKeyList(data=[ApiKeyRead.of(key) for key in await keys.list(caller)])

    @api.post("/keys", status_code=status.HTTP_201_CREATED, tags=["keys"])
    async def create_key(body: ApiKeyCreate, caller: Caller, response: Response) -> ApiKeyCreated:
        """Make an API key that acts for you. Its secret is in this answer and nowhere else. Needs `keys:manage`."""
        response.headers["cache-control"] = "no-store"
        made = await keys.create(caller, body.name, permissions=body.permissions, expires_at=body.expires_at)
        return ApiKeyCreated.with_secret(made)

    @api.delete("/keys/{key_id}", status_code=status.HTTP_204_NO_CONTENT, tags=["keys"])
    async def revoke_key(key_id: UUID, caller: Caller) -> None:
        """Revoke an API key: it stops working here at once, on other replicas within 5 seconds. Needs `keys:manage`."""
        await keys.revoke(caller, key_id)


def _token(request: Request) -> str | None:
    token = session_token(presented(request.scope["headers"]).headers)
    return None if token is None else token.decode("latin-1")


def _address(request: Request) -> str:
    """The client's, as the server saw it; `serve` decides which proxies it believes."""
    return request.client.host if request.client else "unknown"


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"
