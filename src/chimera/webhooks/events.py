"""What webhooks tell: the types of events, and one event. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID, uuid5

from chimera.kit.ids import new_id

EventType: TypeAlias = Literal[
    "budget.threshold_reached", "budget.exhausted", "budget.overage_projected", "usage.metered", "ping"
]
PING: Final = "ping"
_NAMESPACE: Final = UUID("a83c4f1e-5d0c-5b3e-9a43-6e0a3a1f7d52")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened in an organisation.

    Attributes:
        id: The same for the same happening, however often it is written.
        data: What JSON can say; money as decimal strings.
    """

    type: EventType
    at: datetime
    data: Mapping[str, object]
    id: UUID = field(default_factory=new_id)

    @property
    def body(self) -> str:
        """What is sent, always the same bytes."""
        moment = self.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        told = {"id": message_id(self.id), "type": self.type, "timestamp": moment, "data": self.data}
        return json.dumps(told, separators=(",", ":"))


def message_id(event_id: UUID) -> str:
    """How receivers know an event, over all of its deliveries: the header `webhook-id`."""
    return f"evt_{event_id.hex}"


def derived_id(tenant_id: UUID, *named: object) -> UUID:
    """The id of something that happens once in an organisation, made of what it is."""
    return uuid5(_NAMESPACE, "/".join(map(str, (tenant_id, *named))))
