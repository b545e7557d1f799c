"""Moments and JSON."""

from datetime import UTC, datetime

from sqlalchemy import JSON, DateTime, Dialect
from sqlalchemy.types import TypeDecorator

# Not JSONB: it reorders keys and refuses \u0000 and lone surrogates, which do occur in what models and people write.
JsonText = JSON(none_as_null=True)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept to the microsecond and always given back in UTC.

    Raises:
        ValueError: on binding a naive moment.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive moment cannot be kept: ask kit.clock for an aware one")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
