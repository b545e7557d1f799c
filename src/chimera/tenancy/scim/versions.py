"""Versions of what a directory keeps, so that it changes nothing that it has not seen (RFC 7644, 3.14). Pure."""

import hashlib
import json
from dataclasses import dataclass
from typing import Final

from chimera.web.refusals import VersionMismatchError

_ANY: Final = "*"


def version(*told: object) -> str:
    """A weak ETag of what a resource tells."""
    digest = hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()
    return f'W/"{digest[:24]}"'


@dataclass(frozen=True, slots=True)
class Expected:
    """What `If-Match` says; where it says nothing, every version will do."""

    tags: frozenset[str] = frozenset()

    @classmethod
    def of(cls, header: str | None) -> "Expected":
        """Also of `If-None-Match`."""
        return cls(frozenset(_plain(tag) for tag in (header or "").split(",") if tag.strip()))

    def check(self, present: str) -> None:
        """Raises VersionMismatchError if the resource is another by now."""
        if self.tags and not self.names(present):
            raise VersionMismatchError("This was changed since you read it. Read it again.")

    def names(self, present: str) -> bool:
        return _ANY in self.tags or _plain(present) in self.tags


def _plain(tag: str) -> str:
    """All of ours are weak, and directories compare them as they are."""
    return tag.strip().removeprefix("W/")
