"""Tables. A job's `due_at` is also its lease: its worker moves it on while it lives, and of a dead one it passes."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKeyConstraint, Index, Text, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from chimera.store import JsonText, SealedText, Table, TenantTable

ALIVE: ColumnElement[bool] = literal_column("state <> 'dead'")
_IN_LANE: ColumnElement[bool] = literal_column("state <> 'dead' AND lane IS NOT NULL")


class JobRow(TenantTable):
    """Something that is to be done.

    Attributes:
        kind: Which work it is; whoever does not know it leaves it alone.
        key: Only one of a kind and key is alive; `None` for any number.
        lane: Those of a kind and lane are done one after the other; `None` for no order.
        owner_id: On whose behalf.
        payload: Ids and numbers: never anybody's words.
        priority: Higher ones go first among those of an organisation.
        due_at: When it is taken; while it runs, when its worker is taken for dead.
        attempts: Begun so far.
        fence: Raised whenever it is taken; who has an older number writes nothing more.
        replica: Where it runs, or ran last.
        again_at: It was put once more while it ran: then it waits for this moment instead of being done.
        again: What it is to be done with then.
        trouble: Code of what went wrong last.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("uq_jobs_key", "tenant_id", "kind", "key", unique=True, sqlite_where=ALIVE, postgresql_where=ALIVE),
        Index("ix_jobs_due", "due_at", sqlite_where=ALIVE, postgresql_where=ALIVE),
        Index("ix_jobs_recent", "tenant_id", "created_at", "id"),
        Index(
            "ix_jobs_lane",
            *("tenant_id", "kind", "lane", "created_at", "id"),
            sqlite_where=_IN_LANE,
            postgresql_where=_IN_LANE,
        ),
    )
    # Workers take those of everybody.
    system_access: ClassVar[bool] = True

    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[str | None] = mapped_column(Text)
    lane: Mapped[str | None] = mapped_column(Text)
    owner_id: Mapped[UUID]
    payload: Mapped[dict[str, Any]] = mapped_column(JsonText)
    state: Mapped[str] = mapped_column(Text)
    priority: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    replica: Mapped[str | None] = mapped_column(Text)
    again_at: Mapped[datetime | None]
    again: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    trouble: Mapped[str | None] = mapped_column(Text)


class JobStepRow(TenantTable):
    """What a step of a job came to: it is not done again.

    Attributes:
        id: Of the job: the key is `(tenant_id, job_id, name)`.
        result: JSON text.
    """

    __tablename__ = "job_steps"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "job_id"], ["jobs.tenant_id", "jobs.id"], ondelete="CASCADE"),)

    id: Mapped[UUID] = mapped_column("job_id", primary_key=True, sort_order=-2)
    name: Mapped[str] = mapped_column(Text, primary_key=True, sort_order=-1)
    result: Mapped[str] = mapped_column(SealedText("job_step", lost="null"))


class JobScheduleRow(Table):
    """Something that is done again and again, by one replica of all.

    Attributes:
        due_at: When next; while it is done, when whoever does it is taken for dead.
        done_at: When it was tried last.
        trouble: What went wrong then.
    """

    __tablename__ = "job_schedules"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    trouble: Mapped[str | None] = mapped_column(Text)
