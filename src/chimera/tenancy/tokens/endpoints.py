"""`/api/v1/token`, `/api/v1/token-families` and `/.well-known/jwks.json`."""

from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from chimera.kit.scope import Scope
from chimera.tenancy.permissions import SSO_MANAGE
from chimera.tenancy.tokens.issuers import TokenIssuersOf
from chimera.tenancy.tokens.issuing import Tokens
from chimera.tenancy.tokens.schemas import (
    PublicKey,
    PublicKeys,
    TokenCreate,
    TokenFamilyPage,
    TokenFamilyRead,
    TokenIssuerCreate,
    TokenIssuerPage,
    TokenIssuerRead,
    TokenIssuerUpdate,
    TokenRead,
    TokenRefresh,
)
from chimera.tenancy.tokens.token import Wish
from chimera.web.caller import Caller, needs
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter

Manager: TypeAlias = Annotated[Scope, needs(SSO_MANAGE)]
_EXISTS = refusals(
    {404: "The organisation has no such role.", 409: "Its tokens for this audience are believed already."}
)
_CHANGED = refusals({404: "The organisation believes no such issuer, or has no such role."})
_REFRESH = refusals({401: "The refresh token is unknown, used, expired or revoked."})


def issuer_router(issuers: TokenIssuersOf) -> APIRouter:
    api = LateRouter(prefix="/api/v1/token-issuers", tags=["tokens"])

    @api.get("")
    async def list_token_issuers(
        caller: Manager,
        limit: Annotated[int, Query(ge=1, le=100)] = 30,
        cursor: Annotated[str | None, Query(max_length=200, description="`next_cursor` of the page before.")] = None,
    ) -> TokenIssuerPage:
        """Others whose access tokens the organisation believes, newest first."""
        found, following = await issuers.page(caller, cursor=cursor, limit=limit)
        return TokenIssuerPage(data=[TokenIssuerRead.of(info) for info in found], next_cursor=following)

    @api.post("", status_code=status.HTTP_201_CREATED, responses=_EXISTS)
    async def create_token_issuer(body: TokenIssuerCreate, caller: Manager) -> TokenIssuerRead:
        """Believe the access tokens of another issuer. It is asked for its keys when the first one comes."""
        return TokenIssuerRead.of(await issuers.create(caller, body.terms()))

    @api.patch("/{issuer_id}", responses=_CHANGED)
    async def change_token_issuer(issuer_id: UUID, body: TokenIssuerUpdate, caller: Manager) -> TokenIssuerRead:
        """Change how it is believed: here at once, on other replicas within 5 seconds.

        Who changes it answers for all roles that it gives: none may do more than they.
        """
        return TokenIssuerRead.of(await issuers.change(caller, issuer_id, body.values()))

    @api.delete("/{issuer_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def delete_token_issuer(issuer_id: UUID, caller: Manager) -> None:
        """Believe it no more: here at once, on other replicas within 5 seconds."""
        await issuers.delete(caller, issuer_id)

    return api


def router(tokens: Tokens) -> APIRouter:
    api = LateRouter()

    @api.post("/api/v1/token", tags=["tokens"])
    async def create_token(body: TokenCreate, caller: Caller, response: Response) -> TokenRead:
        """Begin a family of signed tokens with your session or API key. It ends with that session or key."""
        response.headers["cache-control"] = "no-store"
        return TokenRead.of(await tokens.begin(caller, Wish(permissions=body.permissions, client=body.client or "")))

    @api.post("/api/v1/token/refresh", tags=["tokens"], responses=_REFRESH)
    async def refresh_token(body: TokenRefresh, response: Response) -> TokenRead:
        """Exchange a refresh token for a new pair. One that is shown twice was stolen: its whole family ends."""
        response.headers["cache-control"] = "no-store"
        return TokenRead.of(await tokens.refresh(body.refresh_token.get_secret_value()))

    @api.post("/api/v1/token/revoke", status_code=status.HTTP_204_NO_CONTENT, tags=["tokens"])
    async def revoke_token(body: TokenRefresh) -> None:
        """End the family of a refresh token. Of one that is none nothing is said."""
        await tokens.revoke(body.refresh_token.get_secret_value())

    @api.get("/api/v1/token-families", tags=["tokens"])
    async def list_token_families(
        caller: Caller,
        limit: Annotated[int, Query(ge=1, le=100)] = 30,
        cursor: Annotated[str | None, Query(max_length=200, description="`next_cursor` of the page before.")] = None,
    ) -> TokenFamilyPage:
        """Your families of tokens that go on, newest first."""
        page = await tokens.families(caller, cursor=cursor, limit=limit)
        return TokenFamilyPage(
            data=[TokenFamilyRead.of(family) for family in page.families], next_cursor=page.next_cursor
        )

    @api.delete("/api/v1/token-families/{family_id}", status_code=status.HTTP_204_NO_CONTENT, tags=["tokens"])
    async def end_token_family(family_id: UUID, caller: Caller) -> None:
        """End a family of yours: its tokens are refused here at once, on other replicas within 5 seconds."""
        await tokens.end(caller, family_id)

    @api.get("/.well-known/jwks.json", tags=["tokens"], response_model_exclude_none=True)
    async def show_public_keys(response: Response) -> PublicKeys:
        """The keys that signed our tokens or will (RFC 7517). New ones are here an hour before they sign."""
        response.headers["cache-control"] = "public, max-age=300"
        return PublicKeys(keys=[PublicKey.model_validate(key) for key in await tokens.keys.published()])

    return api
