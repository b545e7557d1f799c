"""`/api/v1/encryption`."""

from collections.abc import Sequence
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query

from chimera.encryption.schemas import DataKeyList, DataKeyRead, ReceiptRead, RotationRead
from chimera.encryption.service import Encryption
from chimera.encryption.tables import DataKeyRow
from chimera.kit.scope import Scope
from chimera.tenancy.permissions import ENCRYPTION_MANAGE
from chimera.web.caller import needs

KeyHolder: TypeAlias = Annotated[Scope, needs(ENCRYPTION_MANAGE)]
TypedName: TypeAlias = Annotated[
    str,
    Query(alias="name", max_length=200, description="The name of your organisation, typed out.", examples=["Example"]),
]


def router(encryption: Encryption) -> APIRouter:
    api = APIRouter(prefix="/api/v1/encryption", tags=["encryption"])

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

    @api.delete("/keys")
    async def destroy_data_keys(caller: KeyHolder, name: TypedName) -> ReceiptRead:
        """Destroy all keys of the organisation. What they sealed is lost for good, on every server within 5 seconds.

        The answer is a signed receipt. What is sealed afterwards is sealed with a new key.
        """
        return ReceiptRead.model_validate(await encryption.shred(caller, organisation=name), from_attributes=True)

    return api


def _read(rows: Sequence[DataKeyRow]) -> list[DataKeyRead]:
    return [DataKeyRead.model_validate(row, from_attributes=True) for row in rows]
