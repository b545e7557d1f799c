"""A title for a conversation, from what was said first. Pure."""

import unicodedata
from typing import Final

LIMIT: Final = 60
_MORE: Final = "…"
_JOINERS: Final = frozenset("\u200d\ufe0e\ufe0f")


def title_of(text: str, limit: int = LIMIT) -> str:
    """Return the first `limit` characters or so, cut between words; an ellipsis tells that more was said.

    Control characters and line breaks become spaces. Text without spaces (Chinese, one long word) is cut where it must
    be, but not inside a character that is made of several code points.
    """
    clean = " ".join("".join(" " if unicodedata.category(c) in {"Cc", "Cs"} else c for c in text[: limit * 20]).split())
    if len(clean) <= limit:
        return clean
    head = clean[: limit + 1]
    cut = head.rfind(" ")
    if cut < limit // 2:
        cut = limit
        while cut > 1 and (_continues(clean[cut]) or clean[cut - 1] == "\u200d"):
            cut -= 1
    return clean[:cut].rstrip(" ,;:-") + _MORE


def folded(text: str) -> str:
    """The form in which titles are compared: no case, no compatibility variants. SQLite's `lower` knows only ASCII."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _continues(character: str) -> bool:
    return (
        character in _JOINERS
        or unicodedata.combining(character) != 0
        or unicodedata.category(character) in {"Mn", "Mc", "Me"}
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )
