"""How a connection proves who it is, where a fixed key in the usual header is not enough: headers for each call."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

_SHORTEST_KEY = 8


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
        """Return the values, longest first, and their long words: providers repeat a key without its `Bearer`."""
        values = set(self._headers.values())
        words = {word for value in values for word in value.split() if len(word) >= _SHORTEST_KEY}
        return sorted(values | words, key=len, reverse=True)
