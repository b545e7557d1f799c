"""The port to whoever knows which questions mean the same, and what it finds. Pure."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from chimera.gateway.caching.entry import Entry
from chimera.kit.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question to compare.

    Attributes:
        partition: It is compared with questions of the same partition only.
        key: Names question and answer within the cache.
        text: The last user turn; nothing else is embedded.
        max_wrong: Share of given answers that may be wrong.
    """

    partition: bytes
    key: bytes
    text: str
    max_wrong: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is known of questions like the asked one.

    Attributes:
        why: `certified` if an answer may be given, else why none is: what a guard objects to (`numbers`, …), what the
            question is (`personal`, …), `unlike`, `uncertified`, `audit`: asked anew to see whether we were right, or
            that it could not be compared: `loading`, `slow`.
        serve: Key of the answer that may be given.
        near: Keys of answers to compare a new answer with, the likeliest first.
        confidence: Estimated chance that the likeliest answer is right.
        features: How the likeliest one compares; `None` where there is none to learn from.
        vector: Of the asked text; empty where it was not embedded.
    """

    asked: Asked
    why: str
    serve: bytes | None = None
    near: tuple[bytes, ...] = ()
    confidence: float = 0.0
    features: tuple[float, ...] | None = None
    vector: bytes = b""


class SimilarAnswers(Protocol):
    """Questions of one tenant never meet another's; nor do those of two partitions."""

    async def find(self, scope: Scope, asked: Asked) -> Finding:
        """Look for a question that means the same. Embeds the text, off the event loop."""
        ...

    async def learn(self, scope: Scope, finding: Finding, entry: Entry, known: Sequence[Entry]) -> None:
        """Take in a new answer, and what it says of the finding.

        Args:
            scope: Whose.
            finding: What `find` said when the question came.
            entry: The answer that a model gave to it.
            known: Those of `finding.near` that are still kept.
        """
        ...

    async def forget(self, scope: Scope, key: bytes) -> None:
        """An answer is gone: it expired, or was evicted."""
        ...

    async def wrong(self, scope: Scope, key: bytes) -> None:
        """Somebody says that the answer was wrong: learn from it if it was given by likeness, and forget it."""
        ...

    async def clear(self, scope: Scope) -> None:
        """Forget all questions of the tenant; what was learned of likeness stays."""
        ...


OpenSimilar: TypeAlias = Callable[[], Awaitable[SimilarAnswers]]
"""Gives it; the first call loads the embedder, which takes a moment.

Raises an `AppError` where the embedder's files were not built.
"""
