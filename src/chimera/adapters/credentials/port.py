"""The port to whatever makes the headers that prove who asks."""

from collections.abc import Collection, Mapping
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
