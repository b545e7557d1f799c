"""`/api/v1/keys`."""

from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Query, Response, status
from pydantic import Field, WithJsonSchema

from chimera.kit.scope import Scope
from chimera.tenancy.keys.bounds import Bounds
from chimera.tenancy.keys.key import KeyTerms
from chimera.tenancy.keys.schemas import (
    ApiKeyCreate,
    ApiKeyCreated,
    ApiKeyPage,
    ApiKeyRead,
    ApiKeyRotate,
    ApiKeyUpdate,
)
from chimera.tenancy.keys.service import Keys, Wanted
from chimera.tenancy.permissions import KEYS_OWN
from chimera.web.caller import needs
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter

KeyHolder: TypeAlias = Annotated[Scope, needs(KEYS_OWN)]
# Described without null: an address cannot say it.
Cursor = Annotated[
    Annotated[str, Field(max_length=200)] | None,
    Query(description="`next_cursor` of the page before."),
    WithJsonSchema({"type": "string", "maxLength": 200}),
]
Prefix = Annotated[
    Annotated[str, Field(max_length=11, pattern=r"^[^\x00]*$")] | None,
    Query(description="Only keys that begin so."),
    WithJsonSchema({"type": "string", "maxLength": 11, "pattern": "^[^\\u0000]*$"}),
]
Owner = Annotated[
    UUID | None,
    Query(description="Only keys that act for this user."),
    WithJsonSchema({"type": "string", "format": "uuid"}),
]
_NOBODY = refusals({404: "There is nobody of the `user_id`."})


def router(keys: Keys) -> APIRouter:
    api = LateRouter(prefix="/api/v1/keys", tags=["keys"])
    _add_reading(api, keys)
    _add_writing(api, keys)
    return api


def _add_reading(api: APIRouter, keys: Keys) -> None:
    @api.get("")
    async def list_keys(
        caller: KeyHolder,
        prefix: Prefix = None,
        user_id: Owner = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 100,
        cursor: Cursor = None,
    ) -> ApiKeyPage:
        """API keys without their secrets, newest first: one's own, with `keys:manage` the organisation's."""
        page, following = await keys.page(caller, Wanted(prefix=prefix, user_id=user_id, cursor=cursor, limit=limit))
        return ApiKeyPage(data=[ApiKeyRead.of(key) for key in page], next_cursor=following)

    @api.get("/{key_id}")
    async def read_key(key_id: UUID, caller: KeyHolder) -> ApiKeyRead:
        """One API key, without its secret."""
        return ApiKeyRead.of(await keys.get(caller, key_id))


def _add_writing(api: APIRouter, keys: Keys) -> None:
    @api.post("", status_code=status.HTTP_201_CREATED, responses=_NOBODY)
    async def create_key(body: ApiKeyCreate, caller: KeyHolder, response: Response) -> ApiKeyCreated:
        """Make an API key that acts for you, or for a service account. Its secret is in this answer and nowhere else.

        It may do what you may and was given, narrowed by models, networks, expiry and rates. Made with another key, it
        is as narrow as that in everything, and ends with it.
        """
        response.headers["cache-control"] = "no-store"
        terms = KeyTerms(
            name=body.name,
            permissions=None if body.permissions is None else tuple(body.permissions),
            user_id=body.user_id,
            bounds=body.bounds_in(Bounds()),
        )
        return ApiKeyCreated.with_secret(await keys.create(caller, terms))

    @api.patch("/{key_id}")
    async def change_key(key_id: UUID, body: ApiKeyUpdate, caller: KeyHolder) -> ApiKeyRead:
        """Rename a key, or narrow it. To make it wider one must hold what it may do, and be as wide oneself."""
        return ApiKeyRead.of(await keys.change(caller, key_id, name=body.name, bounds=body.bounds_in))

    @api.post("/{key_id}/rotate")
    async def rotate_key(key_id: UUID, body: ApiKeyRotate, caller: KeyHolder, response: Response) -> ApiKeyCreated:
        """Give a key a new secret, shown this once. Its id, and with it budgets and limits, stays.

        The old secret works for `overlap_s` more seconds; the one before that ends at once. Only one's own keys and
        those of service accounts, and only with a credential that holds what the key may do.
        """
        response.headers["cache-control"] = "no-store"
        return ApiKeyCreated.with_secret(await keys.rotate(caller, key_id, overlap_s=body.overlap_s))

    @api.delete("/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def revoke_key(key_id: UUID, caller: KeyHolder) -> None:
        """Revoke an API key and all that were made with it: here at once, on other replicas within 5 seconds."""
        await keys.revoke(caller, key_id)
