"""The port to whoever sends a webhook's message, and what it hears back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

EXCERPT_BYTES: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message for one address."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What became of sending it.

    Attributes:
        status: `None` where no answer came; then `trouble` says why.
        excerpt: How the answer began.
        trouble: `address_refused`, `timeout`, `unreachable`, `not_http`; `unreadable`: what was to be sent,
            or what signs it, was destroyed with its key or is damaged.
        retry_after_s: When the receiver asks to be tried again.
        again: Whether another try could do better.
    """

    status: int | None = None
    excerpt: str = ""
    trouble: str = ""
    retry_after_s: float | None = None
    again: bool = True

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Sender(Protocol):
    """Sends to the public internet. It follows no redirect, and connects to no address that it has not judged."""

    async def send(self, post: Post) -> Heard:
        """POST it once, and wait as long as the sender was made for. Never raises for what the receiver does."""
        ...
