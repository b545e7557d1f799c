"""`/api/v1/encryption` and `/api/v1/provider-connections`."""

from collections.abc import Sequence
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Query, status
from pydantic import SecretStr

from chimera.encryption.accounts import base_url_of, house_follows, provider_of
from chimera.encryption.connections import Change, Connections, Wanted
from chimera.encryption.schemas import (
    ConnectionChecked,
    ConnectionCreate,
    ConnectionList,
    ConnectionRead,
    ConnectionUpdate,
    CredentialRotate,
    DataKeyList,
    DataKeyRead,
    ReceiptRead,
    RotationRead,
)
from chimera.encryption.service import Encryption
from chimera.encryption.tables import DataKeyRow, ProviderConnectionRow
from chimera.kit.errors import InvalidRequestError
from chimera.kit.scope import Scope
from chimera.tenancy.permissions import ENCRYPTION_MANAGE, PROVIDERS_MANAGE
from chimera.web.caller import needs
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter

KeyHolder: TypeAlias = Annotated[Scope, needs(ENCRYPTION_MANAGE)]
Keeper: TypeAlias = Annotated[Scope, needs(PROVIDERS_MANAGE)]
_HELD: Final = refusals({409: "A legal hold stands."})
_EXISTS: Final = refusals({409: "Another has the name, or there are too many."})
TypedName: TypeAlias = Annotated[
    str,
    Query(alias="name", max_length=200, description="The name of your organisation, typed out.", examples=["Example"]),
]


def router(encryption: Encryption) -> APIRouter:
    api = LateRouter(prefix="/api/v1/encryption", tags=["encryption"])

    @api.get("/keys")
    async def list_data_keys(caller: KeyHolder) -> DataKeyList:
        """Keys with which the organisation's secrets are sealed, and those with which receipts are checked."""
        rows = await encryption.keys(caller)
        return DataKeyList(data=_read(rows), receipt_keys=list(await encryption.receipt_keys()))

    @api.post("/rotate")
    async def rotate_data_key(caller: KeyHolder) -> RotationRead:
        """Seal with a new key from now on, and seal anew what former ones sealed. Nothing stops meanwhile."""
        rows, done = await encryption.rotate(caller)
        return RotationRead(data=_read(rows), resealed=done.values, unopened=done.unopened)

    @api.delete("/keys", responses=_HELD)
    async def destroy_data_keys(caller: KeyHolder, name: TypedName) -> ReceiptRead:
        """Destroy all keys of the organisation. What they sealed is lost for good, on every server within 5 seconds.

        Refused while a legal hold stands. The answer is a signed receipt. What is sealed afterwards is sealed with a
        new key.
        """
        return ReceiptRead.model_validate(await encryption.shred(caller, organisation=name), from_attributes=True)

    return api


def connections_router(connections: Connections) -> APIRouter:
    api = LateRouter(prefix="/api/v1/provider-connections", tags=["encryption"])

    @api.get("")
    async def list_provider_connections(caller: Keeper) -> ConnectionList:
        """The organisation's own accounts at providers, without their credentials."""
        return ConnectionList(data=[_connection(row) for row in await connections.all(caller)])

    @api.post("", status_code=status.HTTP_201_CREATED, responses=_EXISTS)
    async def make_provider_connection(body: ConnectionCreate, caller: Keeper) -> ConnectionRead:
        """Keep the credential of an account at a provider: the organisation's calls of its models go there now."""
        wanted = Wanted(
            name=body.name,
            kind=body.kind,
            base_url=body.base_url,
            provider=body.provider,
            house_follows=body.fallback_to_house,
        )
        return _connection(await connections.make(caller, wanted, _in_a_header(body.credential)))

    @api.patch("/{connection_id}", responses=_EXISTS)
    async def change_provider_connection(connection_id: UUID, body: ConnectionUpdate, caller: Keeper) -> ConnectionRead:
        """Call it otherwise, switch it off or on, or say whether the installation's accounts may stand in for it."""
        change = Change(name=body.name, enabled=body.enabled, house_follows=body.fallback_to_house)
        return _connection(await connections.change(caller, connection_id, change))

    @api.post("/{connection_id}/rotate")
    async def rotate_credential(connection_id: UUID, body: CredentialRotate, caller: Keeper) -> ConnectionRead:
        """Give another credential for the same address."""
        credential = _in_a_header(body.credential)
        row = await connections.rotate(caller, connection_id, credential, keep_former_s=body.keep_former_s)
        return _connection(row)

    @api.post("/{connection_id}/check")
    async def check_provider_connection(connection_id: UUID, caller: Keeper) -> ConnectionChecked:
        """Ask the provider whether it takes the credential, and say what is wrong. It is noted in the trail."""
        return ConnectionChecked(outcome=await connections.check(caller, connection_id))

    @api.delete("/{connection_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def remove_provider_connection(connection_id: UUID, caller: Keeper) -> None:
        """Remove it with its credentials. Calls under way end within 5 seconds."""
        await connections.remove(caller, connection_id)

    return api


def _in_a_header(credential: SecretStr) -> str:
    text = credential.get_secret_value().strip()
    if not text or not text.isascii() or not text.isprintable():
        raise InvalidRequestError("It must be printable ASCII without line breaks.", field="credential")
    return text


def _connection(row: ProviderConnectionRow) -> ConnectionRead:
    return ConnectionRead(
        id=row.id,
        name=row.name,
        kind=row.kind,
        provider=provider_of(row),
        base_url=base_url_of(row),
        enabled=row.enabled,
        fallback_to_house=house_follows(row),
        created_by=row.created_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
        former_until=row.former_until,
        last_used_at=row.last_used_at,
    )


def _read(rows: Sequence[DataKeyRow]) -> list[DataKeyRead]:
    return [DataKeyRead.model_validate(row, from_attributes=True) for row in rows]
