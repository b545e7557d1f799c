"""Shares in the shapes of the API. Of whatever is shown nobody learns an id."""

from chimera.conversations.endpoints.rendering import part_read
from chimera.conversations.schemas import ImageRead
from chimera.conversations.shares.making import Audience, ShareView
from chimera.conversations.shares.redaction import Omission, Shown
from chimera.conversations.shares.schemas import (
    BrandRead,
    ConversationShareRead,
    FileRead,
    SharedMessageRead,
    SharedPart,
    SharedRead,
    TenantShareRead,
)
from chimera.conversations.shares.tables import ShareRow
from chimera.conversations.shares.viewing import SharedView
from chimera.kit.money import usd
from chimera.llm import Document, Image, Part


def share_read(view: ShareView) -> ConversationShareRead:
    row = view.row
    return ConversationShareRead(
        id=row.id,
        conversation_id=row.conversation_id,
        message_id=row.leaf_id,
        title=view.title,
        path=None if view.token is None else f"/shared/{view.token}",
        audience=_audience(row),
        left_out=_left_out(row),
        masked=row.masked,
        created_at=row.created_at,
        expires_at=row.expires_at,
        open_until=view.open_until,
        views=row.views,
        last_viewed_at=row.last_viewed_at,
    )


def tenant_share_read(view: ShareView) -> TenantShareRead:
    row = view.row
    return TenantShareRead(
        id=row.id,
        owner_id=row.owner_id,
        audience=_audience(row),
        left_out=_left_out(row),
        masked=row.masked,
        created_at=row.created_at,
        expires_at=row.expires_at,
        open_until=view.open_until,
        views=row.views,
        last_viewed_at=row.last_viewed_at,
    )


def shared_read(view: SharedView, token: str) -> SharedRead:
    pictures = [0]
    return SharedRead(
        title=view.title,
        shared_by=view.shared_by,
        brand=None if view.branding is None else BrandRead(name=view.branding.name, colour=view.branding.colour),
        shared_at=view.row.created_at,
        open_until=view.open_until,
        audience=_audience(view.row),
        left_out=_left_out(view.row),
        masked=view.row.masked,
        system_prompt=view.system_prompt,
        messages=[_message(one, token, pictures) for one in view.messages],
        is_mine=view.is_mine,
        may_copy=view.may_copy,
    )


def _message(one: Shown, token: str, pictures: list[int]) -> SharedMessageRead:
    return SharedMessageRead(
        role="assistant" if one.role == "assistant" else "user",
        speaker=one.speaker,
        model=one.model,
        status=one.status,
        parts=[_part(part, token, pictures) for part in one.parts],
        left_out=list(one.left_out),
        cost_usd=None if one.cost_nusd is None else usd(one.cost_nusd),
        created_at=one.created_at,
    )


def _part(part: Part, token: str, pictures: list[int]) -> SharedPart:
    """A picture has an address under that of the link: it is gone when the link is."""
    match part:
        case Image():
            pictures[0] += 1
            return ImageRead(url=f"/api/v1/shared/{token}/pictures/{pictures[0] - 1}")
        case Document():
            return FileRead(name=part.name or "")
        case _:
            return part_read(part)


def _audience(row: ShareRow) -> Audience:
    return "anybody" if row.audience == "anybody" else "organisation"


def _left_out(row: ShareRow) -> list[Omission]:
    known = {one.value for one in Omission}
    return [Omission(name) for name in row.left_out if name in known]
