"""Tables. What a response says lies apart from how it stands, so that whoever looks across tenants reads no words."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import SealedText, TenantTable


def _of_response() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["tenant_id", "response_id"], ["responses.tenant_id", "responses.id"], ondelete="CASCADE"
    )


class ResponseRow(TenantTable):
    """How a response stands.

    Attributes:
        owner_id: Who asked; nobody else finds it.
        previous_id: The response that it continues; that one may have been deleted since.
        streamed: Whether its events are kept, so that a reader can come back.
        replica: Which process writes it.
        fence: Raised whenever it is taken from its writer; a writer with an older number writes nothing more.
        heartbeat_at: When the writer was last seen.
        expires_at: When it is deleted, unless it is continued before.
    """

    __tablename__ = "responses"
    __table_args__ = (
        Index("ix_responses_expires_at", "expires_at"),
        Index(
            "ix_responses_heartbeat",
            "heartbeat_at",
            sqlite_where=literal_column("finished_at IS NULL"),
            postgresql_where=literal_column("finished_at IS NULL"),
        ),
    )
    # The reaper looks for responses whose writer died, and for expired ones, whoever they belong to.
    system_access: ClassVar[bool] = True

    owner_id: Mapped[UUID]
    previous_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(Text)
    model: Mapped[str] = mapped_column(Text)
    background: Mapped[bool] = mapped_column(default=False)
    streamed: Mapped[bool] = mapped_column(default=False)
    replica: Mapped[str] = mapped_column(Text)
    fence: Mapped[int] = mapped_column(default=1)
    heartbeat_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]


class ResponseContentRow(TenantTable):
    """What was asked and answered.

    Attributes:
        id: The response's id.
        items: The input items of this request, without earlier ones, as JSON text.
        body: The response object, as JSON text.

    Once its key was destroyed neither is read as something else: what goes on without them says so.
    """

    __tablename__ = "response_contents"
    __table_args__ = (_of_response(),)

    id: Mapped[UUID] = mapped_column("response_id", primary_key=True, sort_order=-2)
    items: Mapped[str] = mapped_column(SealedText("response_input"))
    body: Mapped[str] = mapped_column(SealedText("response"))


class ResponseEventRow(TenantTable):
    """Some events of a response in the background, as they are streamed; append-only.

    Attributes:
        id: The response's id: the key is `(tenant_id, response_id, seq)`, which is also the order of reading.
        seq: The sequence number of the last of these events.
        frames: The events as server-sent ones; none once their key was destroyed.
    """

    __tablename__ = "response_events"
    __table_args__ = (_of_response(),)

    id: Mapped[UUID] = mapped_column("response_id", primary_key=True, sort_order=-2)
    seq: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)
    frames: Mapped[str] = mapped_column(SealedText("response_events", lost=""))


class ResponseItemRow(TenantTable):
    """An output item, to be found by those who refer to it.

    Attributes:
        id: Made from the item's own id, see `names.item_key`.
        response_id: The response that it is part of. Two may hold items of one name: a provider gave them.
    """

    __tablename__ = "response_items"
    __table_args__ = (_of_response(), Index("ix_response_items_response_id", "tenant_id", "response_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-2)
    response_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)
