"""The port to whoever turns a few words into a vector, for comparing questions. Loaded when somebody needs it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Embedder(Protocol):
    """One embedding model that runs here."""

    @property
    def id(self) -> str:
        """Name and version: vectors of different ids are never compared."""
        ...

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a text, `(len(texts), dimensions)`. Runs off the event loop."""
        ...
