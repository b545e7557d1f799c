"""Texts cut into passages that are found, embedded and shown one by one. Pure.

Vectors are kept by the place of their passage: whoever cuts otherwise must make all of them anew.
"""

from typing import Final

LONGEST: Final = 1_000
_SEAMS: Final = ("\n\n", "\n", ". ", "? ", "! ", "。", " ")


def passages_of(text: str, longest: int = LONGEST) -> list[str]:
    """Cut where a paragraph, line, sentence or word ends, at the latest after `longest` characters."""
    found: list[str] = []
    rest = text.strip()
    while len(rest) > longest:
        end = _seam(rest, longest)
        found.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    if rest:
        found.append(rest)
    return found


def _seam(text: str, longest: int) -> int:
    for seam in _SEAMS:
        place = text.rfind(seam, longest // 2, longest)
        if place >= 0:
            return place + len(seam)
    return longest
