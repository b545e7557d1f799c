"""How a delivery stands."""

from enum import StrEnum


class DeliveryState(StrEnum):
    """`abandoned`: its webhook was disabled before it got through."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    ABANDONED = "abandoned"


class Disabled(StrEnum):
    """Who disabled a webhook: its owner, its receiver with 410, or we after days of failures."""

    BY_HAND = "by_hand"
    GONE = "gone"
    FAILING = "failing"
