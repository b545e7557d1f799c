"""Tables. A delivery's `due_at` is also its lease: whoever takes it moves it on, and of a dead replica it passes."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKeyConstraint, Index, Text, UniqueConstraint, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import JsonText, SealedText, TenantTable

_PENDING: ColumnElement[bool] = literal_column("state = 'pending'")


class WebhookRow(TenantTable):
    """A receiver.

    Attributes:
        event_types: What it hears of; empty for everything.
        secret: Empty once its key was destroyed: nothing is sent then until there is a new one.
        former_secret: Signs as well until `former_until`.
        disabled_as: Why nothing is sent; `None` while something is.
        failing_since: Of the first failure after the last success.
    """

    __tablename__ = "webhooks"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),)
    # Deliveries of all tenants are led on by one runner.
    system_access: ClassVar[bool] = True

    url: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")
    event_types: Mapped[list[str]] = mapped_column(JsonText)
    secret: Mapped[str] = mapped_column(SealedText("webhook_secret", lost=""))
    former_secret: Mapped[str | None] = mapped_column(SealedText("webhook_secret", lost=None))
    former_until: Mapped[datetime | None]
    disabled_as: Mapped[str | None] = mapped_column(Text)
    failing_since: Mapped[datetime | None]
    created_by: Mapped[UUID]


class EventRow(TenantTable):
    """Something that happened.

    Attributes:
        body: As it is signed and sent; empty once its key was destroyed.
    """

    __tablename__ = "webhook_events"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
        Index("ix_webhook_events_recent", "tenant_id", "created_at", "id"),
        Index("ix_webhook_events_created_at", "created_at"),
    )
    system_access: ClassVar[bool] = True

    type: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(SealedText("webhook_event", lost=""))


class DeliveryRow(TenantTable):
    """An event on its way to a receiver.

    Attributes:
        due_at: When it is tried next, or its replica is taken for dead.
        attempts: Begun so far, over all replays; whoever writes an outcome must know the number.
        tries: Begun since it was last put on its way: the place in the schedule.
        status: Of the last answer.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("tenant_id", "webhook_id", "event_id"),
        ForeignKeyConstraint(["tenant_id", "webhook_id"], ["webhooks.tenant_id", "webhooks.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["tenant_id", "event_id"], ["webhook_events.tenant_id", "webhook_events.id"], ondelete="CASCADE"
        ),
        Index("ix_webhook_deliveries_due", "due_at", sqlite_where=_PENDING, postgresql_where=_PENDING),
        Index("ix_webhook_deliveries_recent", "tenant_id", "webhook_id", "created_at", "id"),
        Index("ix_webhook_deliveries_event", "tenant_id", "event_id"),
    )
    system_access: ClassVar[bool] = True

    webhook_id: Mapped[UUID]
    event_id: Mapped[UUID]
    type: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None]
    delivered_at: Mapped[datetime | None]


class AttemptRow(TenantTable):
    """One try.

    Attributes:
        id: Of the delivery: the key is `(tenant_id, delivery_id, number)`.
    """

    __tablename__ = "webhook_attempts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "delivery_id"],
            ["webhook_deliveries.tenant_id", "webhook_deliveries.id"],
            ondelete="CASCADE",
        ),
    )

    id: Mapped[UUID] = mapped_column("delivery_id", primary_key=True, sort_order=-2)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-1)
    status: Mapped[int | None]
    trouble: Mapped[str] = mapped_column(Text)
    excerpt: Mapped[str] = mapped_column(SealedText("webhook_answer", lost=""))
    latency_ms: Mapped[int]
