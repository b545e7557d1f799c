"""`/api/v1/conversations/{id}/shares`, `/api/v1/shares` and `/api/v1/shared/{token}`: links that show conversations."""

from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response, status

from chimera.conversations.endpoints.chatter import Chatter
from chimera.conversations.endpoints.conversations import Cursor
from chimera.conversations.endpoints.documented import NOT_FOUND
from chimera.conversations.endpoints.rendering import conversation_read
from chimera.conversations.fields import IMAGE_TYPES, MAX_SEQ
from chimera.conversations.schemas import ConversationRead
from chimera.conversations.shares.copying import SharedCopies
from chimera.conversations.shares.making import Shares, ShareView, Sharing
from chimera.conversations.shares.rendering import share_read, shared_read, tenant_share_read
from chimera.conversations.shares.schemas import (
    ConversationShareRead,
    OwnSharePage,
    ShareCreate,
    SharedRead,
    ShareList,
    SharePatch,
    TenantSharePage,
)
from chimera.conversations.shares.viewing import SharedViews
from chimera.gateway.limits.strangers import Strangers
from chimera.kit.scope import Scope
from chimera.tenancy.permissions import PRIVACY_MANAGE
from chimera.web.caller import Visitor, needs
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter

_ROOT: Final = "/conversations/{conversation_id}/shares"
_SHARED: Final = "/shared/{token}"
_REFUSED: Final = refusals(
    {
        403: "The caller may not do this, another site asked, or the organisation does not let it be shared like this.",
        404: "There is no such conversation or message, or it is another's.",
        409: "It is temporary, archived, empty or still being written, or has as many links as it may.",
    }
)
_OVER: Final = refusals(
    {404: "There is no such link, or it is over, or not for the caller.", 429: "Too many of one address."}
)
_NO_COPIES: Final = refusals(
    {
        403: "The caller may not chat, or may read this and not go on with it.",
        404: "There is no such link, or it is over.",
    }
)
_PICTURE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The picture.",
        "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in IMAGE_TYPES},
    },
    **_OVER,
}
Guardian: TypeAlias = Annotated[Scope, needs(PRIVACY_MANAGE)]
Token: TypeAlias = Annotated[str, Path(description="What the link ends with.")]


def router(shares: Shares, views: SharedViews, copies: SharedCopies, strangers: Strangers) -> APIRouter:
    api = LateRouter(prefix="/api/v1", tags=["shares"])
    _add_own(api, shares)
    _add_everybodys(api, shares)
    _add_shared(api, views, strangers)

    @api.post(_SHARED + "/fork", status_code=status.HTTP_201_CREATED, responses=_NO_COPIES)
    async def fork_shared(caller: Chatter, token: Token) -> ConversationRead:
        """Begin a conversation of one's own with what a link of the same organisation shows."""
        return conversation_read(await copies.copy(caller, token))

    return api


def _add_own(api: APIRouter, shares: Shares) -> None:
    @api.post(_ROOT, status_code=status.HTTP_201_CREATED, responses=_REFUSED)
    async def share_conversation(
        caller: Chatter, conversation_id: UUID, body: ShareCreate | None = None
    ) -> ConversationShareRead:
        """Make a link that shows the branch of a message, as it is now, to others."""
        given = body or ShareCreate()
        sharing = Sharing(
            leaf_id=given.message_id,
            audience=given.audience,
            expires_at=given.expires_at,
            left_out=given.left_out,
            masked=given.masked,
        )
        return share_read(await shares.make(caller, conversation_id, sharing))

    @api.get(_ROOT, responses=NOT_FOUND)
    async def list_shares(caller: Chatter, conversation_id: UUID) -> ShareList:
        """All links to a conversation, those that are over, too; the newest first."""
        return ShareList(data=[share_read(view) for view in await shares.of(caller, conversation_id)])

    @api.patch(_ROOT + "/{share_id}", responses=NOT_FOUND)
    async def change_share(
        caller: Chatter, conversation_id: UUID, share_id: UUID, body: SharePatch
    ) -> ConversationShareRead:
        """Let a link end sooner or later."""
        return share_read(await shares.end_at(caller, conversation_id, share_id, body.expires_at))

    @api.delete(_ROOT + "/{share_id}", status_code=status.HTTP_204_NO_CONTENT, responses=NOT_FOUND)
    async def revoke_share(caller: Chatter, conversation_id: UUID, share_id: UUID) -> None:
        """End a link at once, on every server."""
        await shares.revoke(caller, conversation_id, share_id)

    @api.get("/shares/own")
    async def list_own_shares(
        caller: Chatter, limit: Annotated[int, Query(ge=1, le=100)] = 30, cursor: Cursor = None
    ) -> OwnSharePage:
        """All links that the caller made, of whatever conversation, those that are over, too; the newest first."""
        views, following = await shares.own(caller, cursor=cursor, limit=limit)
        return OwnSharePage(data=[share_read(view) for view in views], next_cursor=following)


def _add_everybodys(api: APIRouter, shares: Shares) -> None:
    @api.get("/shares")
    async def list_all_shares(
        caller: Guardian, limit: Annotated[int, Query(ge=1, le=100)] = 30, cursor: Cursor = None
    ) -> TenantSharePage:
        """Everybody's links in the organisation, the newest first: not what they lead to, nor what they are."""
        policy, page = await shares.policy(caller), await shares.all(caller, cursor=cursor, limit=limit)
        views = [ShareView(row=row, token=None, open_until=shares.open_until(row, policy)) for row in page.rows]
        return TenantSharePage(data=[tenant_share_read(view) for view in views], next_cursor=page.next_cursor)

    @api.delete("/shares/{share_id:uuid}", status_code=status.HTTP_204_NO_CONTENT, responses=NOT_FOUND)
    async def revoke_any_share(caller: Guardian, share_id: UUID) -> None:
        """End anybody's link in the organisation at once."""
        await shares.revoke_any(caller, share_id)


def _add_shared(api: APIRouter, views: SharedViews, strangers: Strangers) -> None:
    async def admit(request: Request) -> None:
        await strangers.admit(request.client.host if request.client else "", "shared")

    @api.get(_SHARED, responses=_OVER)
    async def read_shared(request: Request, viewer: Visitor, token: Token) -> SharedRead:
        """What a link shows, to whoever may see it; without credentials, if anybody may."""
        await admit(request)
        return shared_read(await views.open(token, viewer), token)

    @api.get(_SHARED + "/pictures/{number}", responses=_PICTURE, response_class=Response)
    async def read_shared_picture(
        request: Request, viewer: Visitor, token: Token, number: Annotated[int, Path(ge=0, le=MAX_SEQ)]
    ) -> Response:
        """A picture that a link shows."""
        await admit(request)
        picture = await views.picture(token, viewer, number)
        return Response(picture.content, media_type=picture.media_type)
