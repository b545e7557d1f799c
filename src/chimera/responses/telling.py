"""The port to whoever words an answer: a wire's encoder, or a reader of what is forwarded."""

from typing import Any, Protocol

from chimera.llm import Event


class Telling(Protocol):
    """One answer, put into events of the Responses API as it is heard."""

    @property
    def response(self) -> dict[str, Any]:
        """The response object so far."""
        ...

    @property
    def is_over(self) -> bool:
        """Whether the event that ends the answer was worded; `response` does not change any more."""
        ...

    def begin(self) -> bytes:
        """Return the first events, before the provider has said anything."""
        ...

    def hear(self, event: Event) -> bytes:
        """Return the events that come of what was heard."""
        ...

    def fail(self, error: bytes) -> bytes:
        """Return the events that end an answer that failed, given the error's body."""
        ...
