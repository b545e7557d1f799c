"""Questions with made-up vectors: clusters around topics, so that thousands cost nothing to embed."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from chimera.gateway.caching.entry import Entry
from chimera.gateway.caching.semantic.library import Library
from chimera.gateway.caching.similar import Asked, Finding
from chimera.kit.scope import Scope
from chimera.llm import Finished, FinishReason, TextDelta, Usage

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SYLLABLES = ["ka", "lo", "mi", "ren", "tas", "ug", "vel", "dor", "pim", "sha", "bru", "nex"]


def scope_of(tenant: int = 1) -> Scope:
    return Scope(tenant_id=UUID(int=tenant), actor_id=UUID(int=9), permissions=frozenset())


def word(number: int) -> str:
    return "".join(SYLLABLES[(number // 12**place) % 12] for place in range(3))


class Topics:
    """An embedder: texts that begin with the same word lie close together; `spread` says how close."""

    id = "topics"

    def __init__(self, spread: float = 0.3) -> None:
        self.spread = spread
        self.texts: list[str] = []

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += texts
        vectors = np.stack([self._vector(text) for text in texts])
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)

    def _vector(self, text: str) -> NDArray[np.float64]:
        topic, own = (
            int.from_bytes(blake2b(part.encode(), digest_size=4).digest()) for part in (text.split(maxsplit=1)[0], text)
        )
        noise = np.random.default_rng(own).standard_normal(32)
        return np.random.default_rng(topic).standard_normal(32) + self.spread * noise


def question(chance: random.Random, topic: int) -> str:
    """One of very many ways to ask about a topic; no guard objects to any two."""
    return f"{word(topic)} {word(chance.randrange(1000))} {word(chance.randrange(1000))} {word(chance.randrange(1000))}"


def entry_of(key: bytes, answer: str, tenant: int = 1) -> Entry:
    return Entry(
        id=UUID(bytes=blake2b(key, digest_size=16).digest()),
        tenant_id=UUID(int=tenant),
        owner_id=None,
        partition=b"p",
        key=key,
        provider="p",
        model="m",
        named="m",
        lost=(),
        events=(TextDelta(text=answer), Finished(reason=FinishReason.STOP)),
        usage=Usage(),
        cost_nusd=0,
        created_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )


class Desk:
    """Asks a library as the cache stage does, and remembers the answers."""

    def __init__(self, library: Library, *, max_wrong: float = 0.1, tenant: int = 1) -> None:
        self.library = library
        self.max_wrong = max_wrong
        self.scope = scope_of(tenant)
        self.entries: dict[bytes, Entry] = {}
        self.answers: dict[bytes, str] = {}

    async def ask(self, text: str, answer: str, partition: bytes = b"p") -> tuple[Finding, bool]:
        """What was found, and whether a wrong answer was given."""
        key = blake2b(partition + text.encode() + len(self.entries).to_bytes(4), digest_size=16).digest()
        asked = Asked(partition=partition, key=key, text=text, max_wrong=self.max_wrong)
        finding = await self.library.find(self.scope, asked)
        if finding.serve is not None:
            return finding, self.answers[finding.serve] != answer
        self.entries[key], self.answers[key] = entry_of(key, answer), answer
        await self.library.learn(self.scope, finding, self.entries[key], [self.entries[near] for near in finding.near])
        return finding, False
