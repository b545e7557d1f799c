"""Names and ids of tools that fit what OpenAI takes, and the way back. Pure.

Names: https://platform.openai.com/docs/api-reference/chat/create#chat-create-tools, 64 letters, digits, `_`, `-`.
Ids: OpenAI refuses more than 40 characters (`string_above_max_length`).
"""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256

from chimera.llm import Tool

_FITS = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_STRANGE = re.compile(r"[^a-zA-Z0-9_-]")
_LONGEST_ID = 40


def fitted_name(name: str) -> str:
    """Return the name if it is taken as it is, else always the same one that is, and that no other name gets."""
    return name if _FITS.fullmatch(name) else f"{_STRANGE.sub('_', name)[:55]}_{_digest(name)}"


def fitted_id(call_id: str) -> str:
    """Return the id of a call, shortened where it is too long."""
    return call_id if len(call_id) <= _LONGEST_ID else f"{call_id[:31]}_{_digest(call_id)}"


def own_names(tools: Iterable[Tool]) -> Mapping[str, str]:
    """Return our name of each tool that the provider knows by another."""
    return {fitted_name(tool.name): tool.name for tool in tools if not _FITS.fullmatch(tool.name)}


def _digest(text: str) -> str:
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
