"""`/api/v1/privacy`: one's data as a file, erasures, and what must be kept."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Query, status
from fastapi.responses import StreamingResponse
from pydantic import Field, WithJsonSchema

from chimera.kit.scope import Scope
from chimera.privacy.archive import Archive
from chimera.privacy.erasing import Erasures
from chimera.privacy.exporting import Exports
from chimera.privacy.holding import LegalHolds
from chimera.privacy.retaining import Retention
from chimera.privacy.schemas import (
    ErasureCreate,
    ErasurePage,
    ErasureRead,
    ExportCreate,
    LegalHoldCreate,
    LegalHoldList,
    LegalHoldRead,
    RetentionKind,
    RetentionPreview,
)
from chimera.privacy.tables import DataRequestRow
from chimera.tenancy.permissions import PRIVACY_MANAGE
from chimera.web.caller import Caller, needs
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter

Officer: TypeAlias = Annotated[Scope, needs(PRIVACY_MANAGE)]
Cursor = Annotated[
    Annotated[str, Field(max_length=200)] | None,
    Query(description="`next_cursor` of the page before."),
    WithJsonSchema({"type": "string", "maxLength": 200}),
]
_PIECE: Final = 65_536
_ZIP: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "A ZIP file: `manifest.json`, `data/*.jsonl`, conversations to be read, and files.",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_NOBODY: Final = {404: "There is neither such a user nor anything of theirs."}
_HELD: Final = refusals({**_NOBODY, 409: "A legal hold stands, or nobody else is an owner."})


def router(exports: Exports, erasures: Erasures, holds: LegalHolds, retention: Retention) -> APIRouter:
    api = LateRouter(prefix="/api/v1/privacy", tags=["privacy"])
    _add_exports(api, exports)
    _add_erasures(api, erasures)
    _add_holds(api, holds)

    @api.get("/retention/preview")
    async def preview_retention(caller: Officer) -> RetentionPreview:
        """How much the policy `retention` would erase now. Nothing is."""
        held, due = await retention.preview(caller)
        kinds = {kind: RetentionKind(days=one.days, rows=one.rows) for kind, one in due.items()}
        return RetentionPreview(held=held, kinds=kinds)

    return api


def _add_exports(api: APIRouter, exports: Exports) -> None:
    @api.post("/exports", response_class=StreamingResponse, responses={**_ZIP, **refusals(_NOBODY)})
    async def export_data(body: ExportCreate, caller: Caller) -> StreamingResponse:
        """All that is kept of you, as a file. That of others needs `privacy:manage`."""
        archive = await exports.make(caller, body.user_id)
        headers = {"content-disposition": 'attachment; filename="chimera-export.zip"', "cache-control": "no-store"}
        return StreamingResponse(_pieces(archive), media_type="application/zip", headers=headers)


def _add_erasures(api: APIRouter, erasures: Erasures) -> None:
    @api.post("/erasures", status_code=status.HTTP_202_ACCEPTED, responses=_HELD)
    async def erase_data(body: ErasureCreate, caller: Officer) -> ErasureRead:
        """Remove a user at once, and erase all that is theirs in the background. It cannot be undone.

        Needs `users:manage` besides while the user is still there. What is kept, and why, `manifest.json` of an
        export says.
        """
        return _erasure(await erasures.begin(caller, body.user_id))

    @api.get("/erasures")
    async def list_erasures(
        caller: Officer, cursor: Cursor = None, limit: Annotated[int, Query(ge=1, le=100)] = 50
    ) -> ErasurePage:
        """Erasures and their receipts, newest first."""
        page = await erasures.recent(caller, cursor=cursor, limit=limit)
        return ErasurePage(data=[_erasure(row) for row in page.rows], next_cursor=page.next_cursor)

    @api.get("/erasures/{erasure_id}")
    async def read_erasure(erasure_id: UUID, caller: Officer) -> ErasureRead:
        """How far it is, and the receipt once it is done."""
        return _erasure(await erasures.get(caller, erasure_id))


def _add_holds(api: APIRouter, holds: LegalHolds) -> None:
    @api.post("/legal-holds", status_code=status.HTTP_201_CREATED, responses=refusals(_NOBODY))
    async def place_legal_hold(body: LegalHoldCreate, caller: Officer) -> LegalHoldRead:
        """Let nothing of a user, of one conversation, or of the whole organisation be deleted while it stands.

        Not by retention, not by an erasure, and not by whose it is.
        """
        row = await holds.place(caller, body.user_id, conversation_id=body.conversation_id, reason=body.reason)
        return LegalHoldRead.model_validate(row, from_attributes=True)

    @api.get("/legal-holds")
    async def list_legal_holds(caller: Officer) -> LegalHoldList:
        """Newest first, released ones among them; at most 1000."""
        rows = await holds.all(caller)
        return LegalHoldList(data=[LegalHoldRead.model_validate(row, from_attributes=True) for row in rows])

    @api.delete("/legal-holds/{hold_id}", status_code=status.HTTP_204_NO_CONTENT)
    async def release_legal_hold(hold_id: UUID, caller: Officer) -> None:
        """Let erasures and retention go on."""
        await holds.release(caller, hold_id)


async def _pieces(archive: Archive) -> AsyncGenerator[bytes]:
    with archive.file as file:
        while piece := file.read(_PIECE):
            yield piece


def _erasure(row: DataRequestRow) -> ErasureRead:
    return ErasureRead(
        id=row.id,
        user_id=row.user_id,
        requested_by=row.requested_by,
        state=row.state,
        counts=row.counts,
        created_at=row.created_at,
        done_at=row.done_at,
        receipt=row.receipt,
        key=row.key_name,
        signature=row.signature,
    )
