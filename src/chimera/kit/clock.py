"""Time, from one place. Aware UTC for what is kept; loop time is for deadlines."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)
