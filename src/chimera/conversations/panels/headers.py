"""The line above somebody's words, which nobody's words can forge.

A header is `⟦Name⟧` on a line of its own. The two brackets are taken out of everything that anybody says, so that one
that stands in a transcript was put there by us; what only looks like a header is marked as a quotation besides.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

OPEN: Final = "⟦"
CLOSE: Final = "⟧"
_PLAIN: Final = str.maketrans({OPEN: "[", CLOSE: "]"})
# All at which a reader may see a new line, not only what `re.MULTILINE` takes for one.
_LINES: Final = re.compile("([^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*)")
# Bounded, so that no line takes long.
_MARKS: Final = r"[ \t>*_#@\[(<{【〚〖「『]{0,8}"
_BRACKETS: Final = r"[ \t]{0,8}[\[(<{【〚〖「『*_#@]{1,8}[ \t]{0,4}"
_CLOSING: Final = r"[ \t*_\])>}】〛〗」』]{0,8}"


def header(name: str) -> str:
    """Return the line without its end. The name is one that we gave: it has no brackets."""
    return f"{OPEN}{name}{CLOSE}"


def escaped(words: str, names: Iterable[str]) -> str:
    """Return words in which no header stands; lines that look like one of these names' are quoted."""
    looks_alike = _looks_alike(tuple(sorted(names)))
    plain = words.translate(_PLAIN)
    return _LINES.sub(lambda line: f"> {line[0]}" if looks_alike.match(line[0]) else line[0], plain)


@lru_cache(maxsize=256)
def _looks_alike(names: tuple[str, ...]) -> re.Pattern[str]:
    """A line that begins with a name as scripts do: `Ada:`, or nothing but `[Ada]` and the like."""
    anybody = "|".join(map(re.escape, names)) or r"(?!)"
    return re.compile(rf"{_BRACKETS}(?:{anybody}){_CLOSING}$|{_MARKS}(?:{anybody}){_CLOSING}[:\uff1a]", re.IGNORECASE)
