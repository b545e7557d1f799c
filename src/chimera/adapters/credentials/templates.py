"""Headers by template: a gateway's own header names, several headers at once, a key in an unusual place."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FixedHeaders:
    """The same headers for every call."""

    _headers: Mapping[str, str] = field(repr=False)

    async def headers(self) -> Mapping[str, str]:
        return self._headers

    def refused(self, headers: Mapping[str, str]) -> bool:
        return False

    def secrets(self) -> Collection[str]:
        return tuple(self._headers.values())
