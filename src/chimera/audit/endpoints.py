"""`/api/v1/audit`: who did what."""

from typing import Annotated, Any, Final, Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from chimera.audit.checkpoints import name_of
from chimera.audit.repository import Filter
from chimera.audit.schemas import AuditEntryPage, AuditEntryRead, AuditKeyList, AuditKeyRead
from chimera.audit.service import AuditTrail
from chimera.kit.scope import Scope
from chimera.tenancy.permissions import AUDIT_READ
from chimera.web.caller import needs
from chimera.web.routers import LateRouter

Auditor: TypeAlias = Annotated[Scope, needs(AUDIT_READ)]
_MEDIA: Final = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
_FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file, streamed.",
        "content": {media.partition(";")[0]: {"schema": {"type": "string"}} for media in _MEDIA.values()},
    }
}
_Text = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
_Moment = Annotated[AwareDatetime | None, Query(examples=["2026-11-01T00:00:00Z"])]


def _who(
    actor_id: UUID | None = None,
    key_id: UUID | None = None,
    target_kind: _Text = None,
    target_id: _Text = None,
) -> Filter:
    return Filter(actor_id=actor_id, key_id=key_id, target_kind=target_kind, target_id=target_id)


def _what(
    who: Annotated[Filter, Depends(_who)],
    act: Annotated[
        str | None,
        Query(pattern=r"^[a-z_.]{1,100}(\.\*)?$", examples=["key.*"], description="`key.*` finds all of keys"),
    ] = None,
    outcome: _Text = None,
    since: _Moment = None,
    until: _Moment = None,
) -> Filter:
    return Filter(
        actor_id=who.actor_id,
        key_id=who.key_id,
        target_kind=who.target_kind,
        target_id=who.target_id,
        act=act,
        outcome=outcome,
        since=since,
        until=until,
    )


Wanted: TypeAlias = Annotated[Filter, Depends(_what)]


def router(trail: AuditTrail) -> APIRouter:
    api = LateRouter(prefix="/api/v1/audit", tags=["audit"])

    @api.get("")
    async def list_audit_entries(
        caller: Auditor,
        wanted: Wanted,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> AuditEntryPage:
        """Entries of the organisation's trail, newest first. Reading stands in it, too, a moment later."""
        page = await trail.page(caller, wanted, cursor=cursor, limit=limit)
        return AuditEntryPage(data=[AuditEntryRead.of(one) for one in page.entries], next_cursor=page.next_cursor)

    @api.get("/export", response_class=Response, responses=_FILES)
    async def export_audit_entries(
        caller: Auditor, wanted: Wanted, format: Annotated[Literal["csv", "jsonl"], Query()] = "jsonl"
    ) -> Response:
        """The trail as a file, oldest first: JSON Lines that `chimera audit verify --from-export` proves, or CSV."""
        return StreamingResponse(
            trail.export(caller, wanted, format),
            media_type=_MEDIA[format],
            headers={"content-disposition": f'attachment; filename="audit.{format}"', "cache-control": "no-store"},
        )

    @api.get("/keys")
    async def list_audit_keys(caller: Auditor) -> AuditKeyList:
        """With which key this server signs checkpoints, and with which it did before its root key was changed.

        Note them elsewhere: a verifier must know them by another way.
        """
        keys = await trail.keys()
        return AuditKeyList(data=[AuditKeyRead(name=name_of(key), algorithm="Ed25519", public_key=key) for key in keys])

    return api
