"""What was taken in from elsewhere, so that it is not taken in twice."""

from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import SealedBytes, TenantTable


class ConversationImportRow(TenantTable):
    """A conversation that came out of a file. It outlives the conversation: what was deleted does not come again.

    Attributes:
        origin: SHA-256 of where it was said and its id there, in hexadecimal.
        conversation_id: What became of it here.
        digest: SHA-256 of what it said when it was last taken in.
    """

    __tablename__ = "conversation_imports"
    __table_args__ = (Index("uq_conversation_imports_origin", "tenant_id", "owner_id", "origin", unique=True),)

    owner_id: Mapped[UUID]
    origin: Mapped[str] = mapped_column(Text)
    conversation_id: Mapped[UUID]
    digest: Mapped[bytes] = mapped_column(SealedBytes("import", lost=b""))
