"""Usage read in an answer that is passed on: `{"usage": {…}}` at the end of most JSON bodies of OpenAI's API. Pure."""

from typing import Final

import msgspec
from msgspec import Struct

from chimera.llm import Usage
from chimera.wires.reading import UNREADABLE

# An image comes as base64 in such a body.
_LONGEST: Final = 32 * 1024 * 1024


class _Usage(Struct, frozen=True):
    """Audio and images count `input_tokens`, older endpoints `prompt_tokens`."""

    input_tokens: int = 0
    output_tokens: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Body(Struct, frozen=True):
    usage: _Usage | None = None


_BODY: Final = msgspec.json.Decoder(_Body)


class RelayedUsage:
    """Hears an answer beside its way to the caller.

    Args:
        content_type: What the provider says that it is; only JSON is looked at.
    """

    def __init__(self, content_type: str) -> None:
        self._pieces: list[bytes] = []
        self._is_heard = content_type.partition(";")[0].strip().lower() == "application/json"
        self._size = 0

    def feed(self, data: bytes) -> None:
        if not self._is_heard:
            return
        self._size += len(data)
        self._pieces.append(data)
        if self._size > _LONGEST:
            self._is_heard = False
            self._pieces.clear()

    def close(self) -> Usage | None:
        """Return what the whole answer told; nothing if it told nothing that we understand."""
        if not self._pieces:
            return None
        try:
            told = _BODY.decode(b"".join(self._pieces)).usage
        except UNREADABLE:
            return None
        if told is None:
            return None
        return Usage(
            input_tokens=told.input_tokens or told.prompt_tokens,
            output_tokens=told.output_tokens or told.completion_tokens,
        )
