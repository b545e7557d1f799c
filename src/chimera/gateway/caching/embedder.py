"""The port to whoever turns a few words into a vector, for comparing questions. Loaded when somebody needs it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

from chimera.kit.errors import AppError, Kind

if TYPE_CHECKING:  # numpy is loaded by who computes with vectors, not by everybody who hands an embedder on
    import numpy as np
    from numpy.typing import NDArray


class EmbedderMissingError(AppError):
    """The embedder's files were not built, or a library of it is not installed."""

    code = "embedder_missing"
    kind = Kind.UNAVAILABLE


class Embedder(Protocol):
    """One embedding model that runs here."""

    @property
    def id(self) -> str:
        """Name and version: vectors of different ids are never compared."""
        ...

    async def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return one unit vector a text, `(len(texts), dimensions)`.

        What takes longer than a millisecond or two runs off the event loop.
        """
        ...


OpenEmbedder: TypeAlias = Callable[[], Awaitable[Embedder]]
"""Gives the embedder; the first call loads it, which takes a moment."""
