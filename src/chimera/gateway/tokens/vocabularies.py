"""OpenAI's published vocabularies, read from our own package the first time one is needed.

`tools/build_vocabularies.py` makes the files (`make install`). Without them everything is estimated.
"""

import re
from base64 import b64decode
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:  # loaded with the first text that is counted so: it takes a megabyte
    from tiktoken import Encoding

FOLDER = Path(__file__).parent.parent / "vocabularies"

_LOADING = Lock()
# The regular expressions of the vocabularies backtrack: a piece this long takes 20 ms at worst, a megabyte could fail.
LONGEST_PIECE = 32 * 1024
# Between a letter and a blank or a stop the vocabularies' own splitting cuts as well, so that the count stays exact.
_SEAM = re.compile(r"(?<=[^\W\d_])(?=[\s.,;:!?()\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f])")


# Asked for each text that is counted; the library looks through its models one by one.
@lru_cache(maxsize=1024)
def vocabulary_name(model: str) -> str | None:
    """Name of the vocabulary of an OpenAI model (`gpt-4o`, `openai/gpt-4o:free`), or `None` for any other."""
    name = model.rpartition("/")[2]
    if not name.startswith("ft:"):
        name = name.partition(":")[0]
    try:
        found = cast("str", import_module("tiktoken.model").encoding_name_for_model(name))
    except KeyError:
        return None
    found = "o200k_base" if found == "o200k_harmony" else found  # they differ in special tokens only
    return found if found in {"o200k_base", "cl100k_base"} else None


def vocabulary(name: str, folder: Path = FOLDER) -> "Encoding | None":
    """Return the vocabulary, or `None` where its file was not built.

    The first call takes a quarter of a second and 40 to 80 MB: make it outside the event loop.
    """
    with _LOADING:
        return _load(name, folder)


@cache
def _load(name: str, folder: Path) -> "Encoding | None":
    ranks_file, pattern_file = folder / f"{name}.tiktoken", folder / f"{name}.pattern"
    if not ranks_file.is_file() or not pattern_file.is_file():
        return None
    lines = (line.split() for line in ranks_file.read_bytes().splitlines())
    ranks = {b64decode(token): int(rank) for token, rank in lines}
    made = import_module("tiktoken").Encoding
    return cast(
        "Encoding", made(name, pat_str=pattern_file.read_text("utf-8"), mergeable_ranks=ranks, special_tokens={})
    )


def spelled_out(tokens: Sequence[Sequence[int]], model: str, *, folder: Path = FOLDER) -> tuple[str, ...] | None:
    """Return the texts of tokens of a model's vocabulary, of `cl100k_base` where it has none: callers take it then.

    `None` where the vocabulary was not built; see `vocabulary`.

    Raises:
        KeyError: for what is no token.
    """
    encoding = vocabulary(vocabulary_name(model) or "cl100k_base", folder)
    return None if encoding is None else tuple(encoding.decode(list(text)) for text in tokens)


def count_text(encoding: "Encoding", text: str) -> tuple[int, bool]:
    """Return the tokens of a text, and whether that is exact.

    A text without blanks or stops for very long is cut where it must be: that may add a token or two at each cut.
    """
    tokens, start, exact = 0, 0, True
    while len(text) - start > LONGEST_PIECE:
        seam = _SEAM.search(text, start + LONGEST_PIECE // 2, start + LONGEST_PIECE)
        end = seam.start() if seam else start + LONGEST_PIECE
        exact = exact and seam is not None
        tokens += len(encoding.encode_ordinary(text[start:end]))
        start = end
    return tokens + len(encoding.encode_ordinary(text[start:])), exact
