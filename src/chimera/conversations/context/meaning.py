"""Vectors of what messages mean, a signed byte a dimension, where the embedding model knows the language."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from typing import Final

from chimera.conversations.context.passages import passages_of
from chimera.conversations.context.said import Said
from chimera.gateway.caching.embedder import Embedder
from chimera.gateway.tokens.scripts import script_of

_LARGEST: Final = 127
# Of a very long message, so many passages; the others are found by their words.
_MOST_PASSAGES: Final = 32
# The embedded model learned English; other languages it puts anywhere.
_SERVED: Final = frozenset({"ascii", "code"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """Makes them. Empty bytes mean that there is none."""

    embedder: Embedder

    async def of_question(self, text: str) -> bytes:
        """One vector of all of it."""
        return await self._of([text]) if script_of(text) in _SERVED else b""

    async def of_message(self, said: Said) -> bytes:
        """A vector of each of its first passages."""
        texts = passages_of(said.text)[:_MOST_PASSAGES]
        if not texts or script_of(said.text) not in _SERVED:
            return b""
        return await self._of([f"{said.speaker}: {text}" for text in texts] if said.speaker else texts)

    async def _of(self, texts: Sequence[str]) -> bytes:
        vectors = await self.embedder.embed(texts)
        return (vectors * _LARGEST).round().astype("int8").tobytes()


def likeness(one: bytes, other: bytes) -> float:
    """The cosine of two vectors of one length."""
    product: int = sum(map(mul, array("b", one), array("b", other)))
    return product / _LARGEST**2
