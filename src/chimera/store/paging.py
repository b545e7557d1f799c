"""Keyset paging: a page starts after the last row of the one before, so rows that arrive meanwhile shift nothing."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from chimera.kit.errors import InvalidRequestError
from chimera.store.tables import TenantTable

Row = TypeVar("Row", bound=TenantTable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """Some rows, and where the next ones begin; `None` after the last."""

    rows: Sequence[Row]
    next_cursor: str | None

    @classmethod
    def of(cls, rows: Sequence[Row], *, limit: int, by: InstrumentedAttribute[Any]) -> "Page[Row]":
        """Make a page of at most `limit` from rows read with one to spare."""
        if len(rows) <= limit:
            return cls(rows=rows, next_cursor=None)
        last = rows[limit - 1]
        return cls(rows=rows[:limit], next_cursor=encode_cursor(getattr(last, by.key), last.id))


def encode_cursor(moment: datetime, id: UUID) -> str:
    return base64.urlsafe_b64encode(f"{moment.isoformat()} {id}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[datetime, UUID]:
    """Read what `encode_cursor` wrote.

    Raises:
        InvalidRequestError: if it was not we who wrote it.
    """
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        moment, _, last = text.partition(" ")
        return datetime.fromisoformat(moment).astimezone(UTC), UUID(last)
    except (ValueError, OverflowError, binascii.Error) as error:
        raise InvalidRequestError("This cursor was not given by us. Begin without one.", field="cursor") from error


def newest_first(
    query: Select[Row], *, by: InstrumentedAttribute[Any], id: InstrumentedAttribute[UUID], cursor: str | None
) -> Select[Row]:
    """Order `query` by `by` and `id`, both descending, beginning after the cursor."""
    ordered = query.order_by(by.desc(), id.desc())
    if cursor is None:
        return ordered
    moment, last = decode_cursor(cursor)
    return ordered.where(tuple_(by, id) < tuple_(literal(moment, by.type), literal(last, id.type)))
