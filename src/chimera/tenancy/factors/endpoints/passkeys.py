"""`/api/v1/passkeys` and `/api/v1/session/passkey`."""

from uuid import UUID

from fastapi import APIRouter, Request, Response, status

from chimera.tenancy.channels import presented, require_same_origin
from chimera.tenancy.factors.ceremonies import Site
from chimera.tenancy.factors.passkey_schemas import (
    PasskeyCreate,
    PasskeyList,
    PasskeyOptions,
    PasskeyRead,
    PasskeySignIn,
    PasskeyUpdate,
)
from chimera.tenancy.factors.passkeys import PasskeyBook
from chimera.tenancy.sessions.beginning import hand_over, visitor_of
from chimera.tenancy.sessions.schemas import SessionRead
from chimera.web.caller import Caller
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter

_SIGN_IN = refusals({401: "The passkey proves nothing here.", 403: "Another site asked, or a provider alone lets in."})
_OWN = refusals({409: "It is kept already, or there are too many."})


def router(book: PasskeyBook, public_url: str | None) -> APIRouter:
    """Every door to passkeys. `public_url` is where people reach the server; else it is whatever a request names.

    Nothing is won by naming another host: an authenticator signs for the page that it is on, and for no other.
    """
    api = LateRouter(prefix="/api/v1")

    @api.post("/session/passkey", tags=["session"], responses=_SIGN_IN)
    async def begin_passkey_sign_in(request: Request, response: Response) -> PasskeyOptions:
        """Begin to sign in with a passkey: what `navigator.credentials.get` is given. It names nobody."""
        require_same_origin(presented(request.scope["headers"]).headers)
        response.headers["cache-control"] = "no-store"
        return PasskeyOptions.of(await book.begin_sign_in(_site(request, public_url)))

    @api.post("/session/passkey/verify", tags=["session"], responses=_SIGN_IN)
    async def sign_in_with_passkey(body: PasskeySignIn, request: Request, response: Response) -> SessionRead:
        """Sign in with what the passkey signed: sets the cookie. No password and no further factor is asked."""
        require_same_origin(presented(request.scope["headers"]).headers)
        signed_in = await book.sign_in(
            body.step,
            body.credential.model_dump(by_alias=True),
            site=_site(request, public_url),
            visitor=visitor_of(request),
            tenant_id=body.tenant_id,
        )
        hand_over(signed_in.token, request, response)
        return SessionRead.of(signed_in.person)

    _add_own(api, book, public_url)
    return api


def _add_own(api: APIRouter, book: PasskeyBook, public_url: str | None) -> None:
    @api.get("/passkeys", tags=["factors"])
    async def list_passkeys(caller: Caller) -> PasskeyList:
        """Your passkeys, oldest first."""
        return PasskeyList(data=[PasskeyRead.of(passkey) for passkey in await book.list(caller)])

    @api.post("/passkey-registration", tags=["factors"], responses=_OWN)
    async def begin_passkey(caller: Caller, request: Request, response: Response) -> PasskeyOptions:
        """Begin to make a passkey: what `navigator.credentials.create` is given. Needs a fresh proof."""
        response.headers["cache-control"] = "no-store"
        return PasskeyOptions.of(await book.begin(caller, _site(request, public_url)))

    @api.post("/passkeys", tags=["factors"], status_code=status.HTTP_201_CREATED, responses=_OWN)
    async def add_passkey(body: PasskeyCreate, caller: Caller, request: Request) -> PasskeyRead:
        """Keep the passkey that your authenticator made."""
        site = _site(request, public_url)
        return PasskeyRead.of(
            await book.add(caller, body.step, body.name, body.credential.model_dump(by_alias=True), site=site)
        )

    @api.patch("/passkeys/{passkey_id}", tags=["factors"])
    async def rename_passkey(passkey_id: UUID, body: PasskeyUpdate, caller: Caller) -> PasskeyRead:
        """Give a passkey of yours another name."""
        return PasskeyRead.of(await book.rename(caller, passkey_id, body.name))

    @api.delete("/passkeys/{passkey_id}", tags=["factors"], status_code=status.HTTP_204_NO_CONTENT)
    async def remove_passkey(passkey_id: UUID, caller: Caller) -> None:
        """Remove a passkey of yours. Needs a fresh proof."""
        await book.remove(caller, passkey_id)


def _site(request: Request, public_url: str | None) -> Site:
    return Site(origin=public_url or f"{request.url.scheme}://{request.url.netloc}")
