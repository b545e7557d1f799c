"""What can be known of a request that is passed on unread: what its endpoint reads and writes, and what is free."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import Struct

from chimera.llm import RelayRequest

# Counting is for nothing: https://platform.claude.com/docs/en/build-with-claude/token-counting and
# https://ai.google.dev/gemini-api/docs/tokens
_FREE: Final = frozenset({"messages/count_tokens", "countTokens"})
_EMBEDDING: Final = frozenset({"embedContent", "batchEmbedContents"})
_SILENT: Final = _EMBEDDING | {"moderations"}
_PICTURES: Final = frozenset({"images/generations", "images/edits"})
# https://platform.openai.com/docs/guides/image-generation#cost-and-latency
_PICTURE_TOKENS: Final[Mapping[str, Mapping[str, int]]] = {
    "low": {"1024x1024": 272, "1024x1536": 408, "1536x1024": 400},
    "medium": {"1024x1024": 1056, "1024x1536": 1584, "1536x1024": 1568},
    "high": {"1024x1024": 4160, "1024x1536": 6240, "1536x1024": 6208},
}
_DEAREST_PICTURE: Final = 6240
# OpenAI draws ten at most; a number without a bound would not fit into the columns that add holds up.
_MOST_PICTURES: Final = 1024
_UNKNOWN_OUTPUT: Final = 16_384
_FORM_FIELD: Final = rb'name="%b"\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]{0,20})\r\n'


class _Pictures(Struct, frozen=True):
    n: object = 1
    quality: object = ""
    size: object = ""


def is_free(asked: RelayRequest) -> bool:
    """Whether no provider takes anything for it."""
    return asked.operation in _FREE


def is_embedding(asked: RelayRequest) -> bool:
    """Whether all that is read is text, and all that comes are vectors."""
    return asked.operation in _EMBEDDING


def size_of(asked: RelayRequest) -> int:
    """Bytes of the body, about: no text in it has more tokens."""
    return len(asked.before) + len(asked.after) + sum(map(len, asked.further))


def most_output_tokens(asked: RelayRequest, most: int | None) -> int:
    """The most that can be written; `most` is what the model writes in one answer, where that is known."""
    if asked.operation in _SILENT:
        return 0
    if asked.operation in _PICTURES:
        return _of_pictures(_read(asked))
    return most or _UNKNOWN_OUTPUT


def _of_pictures(wanted: _Pictures) -> int:
    try:
        number = int(min(max(1, float(str(wanted.n))), _MOST_PICTURES))
    except ValueError:  # which the provider refuses
        number = 1
    sizes = _PICTURE_TOKENS.get(str(wanted.quality), {})
    return number * sizes.get(str(wanted.size), _DEAREST_PICTURE)


def _read(asked: RelayRequest) -> _Pictures:
    if asked.content_type != "application/json":
        n, quality, size = (_field(asked, name) for name in (b"n", b"quality", b"size"))
        return _Pictures(n=n or 1, quality=quality, size=size)
    try:
        return msgspec.json.decode(asked.body, type=_Pictures)
    except msgspec.MsgspecError:  # a number beyond all, which the provider refuses
        return _Pictures(n=_MOST_PICTURES)


def _field(asked: RelayRequest, name: bytes) -> str:
    """What a form says; empty where it says nothing, which is found at a gigabyte a second."""
    for piece in (asked.after, asked.before):
        at = piece.rfind(b'name="%b"' % name)
        if at >= 0 and (found := re.compile(_FORM_FIELD % name).match(piece, at)):
            return found[1].decode("latin-1")
    return ""
