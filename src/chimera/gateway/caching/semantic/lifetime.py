"""How long an answer stays true, by what was asked: what a word means for long, what something costs not. Pure."""

import re
from typing import Final

_CHANGING_S: Final = 600
_USUAL_S: Final = 86_400
_CHANGING = re.compile(
    r"\b(?:price|prices|cost|costs|rate|rates|fee|fees|stock|available|availability|open|opening hours|schedule|"
    r"timetable|version|release|released|score|standings|president|minister|ceo|champion|record holder|population|"
    r"status|traffic|today|now|currently|latest|preis|kosten|prix|coût|precio|цена|курс)\b|价格|汇率",
    re.IGNORECASE,
)
_STABLE = re.compile(
    r"\b(?:what (?:is|are) (?:an? |the )?(?:difference|definition|meaning)|define|definition|meaning of|"
    r"what does \S{1,40} (?:mean|stand for)|synonym|translate|translation|spell|grammar|conjugat\w+|proof|prove|"
    r"theorem|formula|derivative|integral|history of|who (?:invented|discovered|wrote|painted|composed)|capital of|"
    r"bedeutet|signifie|significa)\b",
    re.IGNORECASE,
)


def lifetime_s(question: str, longest_s: int) -> int:
    """Seconds for which the answer may be given again; never more than `longest_s`."""
    head = question[:2000]
    if _CHANGING.search(head):
        return min(longest_s, _CHANGING_S)
    return longest_s if _STABLE.search(head) else min(longest_s, _USUAL_S)
