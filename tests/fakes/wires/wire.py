"""What every chat wire offers to the server, and what it gets to know of a request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from tests.fakes.faults import Refusal
from tests.fakes.frames import Frame, Framing, Json
from tests.fakes.speech import Asked, Speech

CREATED = 1_750_000_000
"""The fixed second at which every fake thing was created."""


class BadRequestError(Exception):
    """The provider would answer 400 with this message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request as a wire sees it.

    Args:
        params: Named groups of the route's path.
        serial: The request's number, for ids.
        models: The names that the provider's list shows.
    """

    params: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    serial: int = 0
    models: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What an error is about; without `retry_after_s` the provider does not say when to come back."""

    model: str = ""
    message: str = ""
    serial: int = 0
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An error answer."""

    status: int
    body: Json
    headers: tuple[tuple[str, str], ...] = ()


Refuse = Callable[[Refusal, Circumstances], Refused]
"""A provider's way to word its errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """An answer that is no JSON."""

    content_type: str
    body: bytes


Lookup = Callable[[Ask], Json | Blob]
"""A question with one plain answer: models, embeddings, counts, sounds. Raises BadRequestError."""


@runtime_checkable
class Wire(Protocol):
    """A chat wire, from the provider's side."""

    framing: Framing

    def read(self, ask: Ask) -> Asked:
        """Return what is asked, as strictly as the provider reads it. Raises BadRequestError, msgspec's errors."""

    def document(self, speech: Speech) -> Json:
        """Return the answer in one piece."""

    def frames(self, speech: Speech) -> Sequence[Frame]:
        """Return the answer as a stream."""

    def error_frame(self) -> Frame:
        """Return what the provider sends when it fails in the middle of a stream."""
