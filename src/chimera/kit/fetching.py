"""The port to the public internet, for addresses that somebody gave us: webhooks, identity providers, tools.

Whatever implements it judges the address that a name resolves to, connects to that one, follows a redirect only after
judging it likewise, and reads no more than it was told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from chimera.kit.errors import AppError, Kind

MEBIBYTE: Final = 1_048_576


class FetchError(AppError):
    """A given address cannot be asked.

    Attributes:
        trouble: `address_refused`, `timeout`, `unreachable`, `not_http`, `too_large`, `too_many_redirects`.
    """

    code = "address_unusable"
    kind = Kind.UNAVAILABLE

    def __init__(self, message: str, *, trouble: str) -> None:
        super().__init__(message)
        self.trouble = trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What is asked. Redirects are followed for GET alone, and never from https to http."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    most_bytes: int = MEBIBYTE
    redirects: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came back, whatever its status.

    Attributes:
        url: Where it came from in the end.
        headers: Their names in lower case.
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Fetcher(Protocol):
    async def fetch(self, outgoing: Outgoing) -> Fetched:
        """Raises FetchError: also for an address that is not one of the public internet."""
        ...
