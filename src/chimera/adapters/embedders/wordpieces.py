"""The sum of a text's word vectors, those that all-MiniLM-L6-v2 begins with: 384 dimensions, tenths of a millisecond.

It knows which words there are, not how they stand to each other. `tools/build_embedder.py` makes its files.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from chimera.gateway.caching.embedder import EmbedderMissingError

FOLDER = Path(__file__).parent / "weights"
_LONGEST_CHARACTERS = 4096


class WordPieces:
    """Embeds where it is called: handing a text to a thread and waiting for the interpreter would take longer."""

    id = "all-minilm-l6-v2/words-1"

    def __init__(self, tokenizer: Tokenizer, table: NDArray[np.int8]) -> None:
        self._tokenizer = tokenizer
        self._table = table

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a text; of a long one its first 4,096 characters count."""
        vectors = np.empty((len(texts), self._table.shape[1]), np.float32)
        for row, encoded in enumerate(
            self._tokenizer.encode_batch_fast([text[:_LONGEST_CHARACTERS] for text in texts])
        ):
            total = self._table[encoded.ids].sum(axis=0, dtype=np.int32).astype(np.float32)
            vectors[row] = total / np.linalg.norm(total)
        return vectors


def connect(folder: Path = FOLDER) -> WordPieces:
    """Open tokenizer and table. Takes a tenth of a second: call it outside the event loop.

    Raises:
        EmbedderMissingError: if they were not built.
    """
    tokenizer_file, table_file = folder / "tokenizer.json", folder / "words.npy"
    if not tokenizer_file.is_file() or not table_file.is_file():
        raise EmbedderMissingError(f"The table of words is not in {folder}: run `make install`.")
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    # Mapped: only rows of words that were asked for take memory, and all processes share them. A plain view of it is
    # quicker to index.
    return WordPieces(tokenizer, np.load(table_file, mmap_mode="r").view(np.ndarray))
