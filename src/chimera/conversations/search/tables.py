"""Tables of search. Triggers of the database keep the entries true: see the migration that made them.

An entry that is removed takes its segment with it, whose other entries wait for another one then: no word outlives
its message. A title that changed waits as well, and what its former segment says of it counts no more.
"""

from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKeyConstraint, Index, LargeBinary, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import SealedBytes, TenantTable

_WAITING: Final[ColumnElement[bool]] = literal_column("segment_id IS NULL")
_INDEXED: Final[ColumnElement[bool]] = literal_column("segment_id IS NOT NULL")


class SearchEntryRow(TenantTable):
    """Something that can be found: a message, or the title of a conversation.

    Attributes:
        id: The message's, or the conversation's.
        created_at: When it was said.
        segment_id: Where its words are; until there is one, the text itself is looked through.
    """

    __tablename__ = "search_entries"
    __table_args__ = (
        Index(
            "ix_search_entries_waiting",
            "tenant_id",
            "owner_id",
            "created_at",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index("ix_search_entries_segment", "tenant_id", "segment_id", sqlite_where=_INDEXED, postgresql_where=_INDEXED),
    )
    # Every replica looks for whose texts are to be indexed.
    system_access: ClassVar[bool] = True

    owner_id: Mapped[UUID]
    is_title: Mapped[bool]
    segment_id: Mapped[UUID | None]


class SearchSegmentRow(TenantTable):
    """Some thousand texts of one person.

    Attributes:
        size: How many there are.
        head: See `segments`.
        ids: Of the texts, 16 bytes each, in the order of the head.
    """

    __tablename__ = "search_segments"
    __table_args__ = (Index("ix_search_segments_owner", "tenant_id", "owner_id"),)

    owner_id: Mapped[UUID]
    size: Mapped[int]
    head: Mapped[bytes] = mapped_column(SealedBytes("search", lost=b""))
    ids: Mapped[bytes] = mapped_column(LargeBinary)


class SearchPageRow(TenantTable):
    """Words of a segment, see `segments`.

    Attributes:
        id: The segment's.
    """

    __tablename__ = "search_pages"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "segment_id"], ["search_segments.tenant_id", "search_segments.id"], ondelete="CASCADE"
        ),
    )

    id: Mapped[UUID] = mapped_column("segment_id", primary_key=True, sort_order=-2)
    number: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)
    words: Mapped[bytes] = mapped_column(SealedBytes("search", lost=b""))
