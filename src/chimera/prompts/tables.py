"""Tables. An item is a prompt or a persona; what it says stands in its versions, which never change."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from chimera.kit.clock import utc_now
from chimera.store import SealedText, TenantTable


def _of_item() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["tenant_id", "item_id"], ["library_items.tenant_id", "library_items.id"], ondelete="CASCADE"
    )


class ItemRow(TenantTable):
    """A prompt or persona.

    Attributes:
        kind: `prompt` or `persona`.
        owner_id: Whose it is; `None`: the organisation's, with which it is shared.
        tags: JSON text of a list.
        command: Under which it is called up while somebody writes; empty for none.
        sharing: `private`, `groups` (those of its shares) or `organisation`.
        latest: The number of its newest version.
        revision: Raised by every change, of versions and labels too.
    """

    __tablename__ = "library_items"
    __table_args__ = (Index("ix_library_items_recent", "tenant_id", "kind", "updated_at", "id"),)

    kind: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(SealedText("prompt_name", lost=""))
    description: Mapped[str] = mapped_column(SealedText("prompt_description", lost=""))
    tags: Mapped[str] = mapped_column(SealedText("prompt_tags", lost="[]"))
    command: Mapped[str] = mapped_column(SealedText("prompt_command", lost=""))
    sharing: Mapped[str] = mapped_column(Text)
    latest: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)


class VersionRow(TenantTable):
    """What an item said from then on.

    Attributes:
        id: The item's: the key is `(tenant_id, item_id, number)`.
        body: JSON text, see `bodies`.
        note: Why it was made.
    """

    __tablename__ = "library_versions"
    __table_args__ = (_of_item(),)

    id: Mapped[UUID] = mapped_column("item_id", primary_key=True, sort_order=-2)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-1)
    body: Mapped[str] = mapped_column(SealedText("prompt", lost="{}"))
    note: Mapped[str] = mapped_column(SealedText("prompt_note", lost=""))
    made_by: Mapped[UUID]


class LabelRow(TenantTable):
    """A name for a version, or for several among which conversations are divided.

    Attributes:
        id: The item's: the key is `(tenant_id, item_id, name)`.
        targets: JSON text, see `labels`.
    """

    __tablename__ = "library_labels"
    __table_args__ = (_of_item(),)

    id: Mapped[UUID] = mapped_column("item_id", primary_key=True, sort_order=-2)
    name: Mapped[str] = mapped_column(Text, primary_key=True, sort_order=-1)
    targets: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)


class ShareRow(TenantTable):
    """A group that may use an item.

    Attributes:
        id: The item's: the key is `(tenant_id, item_id, group_id)`.
    """

    __tablename__ = "library_shares"
    __table_args__ = (
        _of_item(),
        ForeignKeyConstraint(["tenant_id", "group_id"], ["groups.tenant_id", "groups.id"], ondelete="CASCADE"),
    )

    id: Mapped[UUID] = mapped_column("item_id", primary_key=True, sort_order=-2)
    group_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1, index=True)
