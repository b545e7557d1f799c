"""How a connection proves who it is, where a fixed key in the usual header is not enough: headers for each call."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Credential(Protocol):
    """Headers that change with time, or that are shaped to somebody's wishes."""

    async def headers(self) -> Mapping[str, str]:
        """Return the headers for one call; waits for a token where none is at hand.

        Raises:
            ProviderError: if none can be had.
        """
        ...

    def refused(self, headers: Mapping[str, str]) -> bool:
        """Take note that the provider refused these headers; return whether asking again may help."""
        ...

    def secrets(self) -> Collection[str]:
        """Return what must not be shown to anyone."""
        ...


@dataclass(frozen=True, slots=True)
class FixedHeaders:
    """The same for every call: a gateway's own header names, several at once, a key in an unusual place."""

    _headers: Mapping[str, str] = field(repr=False)

    async def headers(self) -> Mapping[str, str]:
        return self._headers

    def refused(self, headers: Mapping[str, str]) -> bool:
        return False

    def secrets(self) -> Collection[str]:
        return tuple(self._headers.values())
