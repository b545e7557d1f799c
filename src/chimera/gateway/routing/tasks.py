"""What kind of work a question is, from a few words of it. A guess: it moves expectations, it forbids nothing."""

import re
from typing import Final, Literal, TypeAlias, get_args

Task: TypeAlias = Literal["code", "maths", "translation", "extraction", "writing", "long", "chat"]
TASKS: Final[tuple[Task, ...]] = get_args(Task)

_LONG_TOKENS = 16_000
# The beginning and the end: instructions stand at one of them, what they are about between.
_EDGE = 1_500
_CODE = re.compile(
    r"```|\bdef \w+\(|\bclass \w+[:({]|\bfunction\s*\w*\(|=>|;\s*$|#include|\bimport \w+|</\w+>|\bSELECT\b.+\bFROM\b"
    r"|Traceback \(most|\b(?:stack ?trace|segfault|compil(?:e|er)|refactor|unit tests?|regex|bash|python|javascript"
    r"|typescript|rust|golang|kotlin|sql|dockerfile|kubernetes|debug|codebase|api endpoint)\b",
    re.IGNORECASE | re.MULTILINE,
)
_TRANSLATION = re.compile(
    r"\b(?:translat\w+|übersetz\w*|traduis\w*|tradu[cz]\w*|traduc\w*)\b|\binto (?:english|german|french|spanish"
    r"|chinese|japanese|russian|italian|portuguese|arabic|hindi|korean)\b",
    re.IGNORECASE,
)
_EXTRACTION = re.compile(
    r"\b(?:extract|classif\w+|label|tag|summari[sz]e|summary|list (?:all|every|the)|find all|as json|json object"
    r"|into a table|key points|tl;?dr)\b",
    re.IGNORECASE,
)
_WRITING = re.compile(
    r"\b(?:write|draft|compose|rewrite|rephrase|proofread|polish)\b.{0,60}\b(?:essay|poem|story|e-?mail|letter|blog|post"
    r"|article|speech|ad|copy|song|paragraph|report|note|cover|tweet|text)\b|\b(?:rewrite|rephrase|proofread)\b",
    re.IGNORECASE | re.DOTALL,
)
_MATHS = re.compile(
    r"\b(?:how (?:many|much|old|far|long|tall|fast)|what (?:is|was|will|percent\w*|fraction)|solve"
    r"|calculate|compute|equation|integral|derivative|prove|probability|percent(?:age)?|average|sum of|product of"
    r"|remainder|triangle|theorem|matrix|interest rate)\b|\\frac|\\int|\$\$|\d\s*[+*/^=]\s*\d",
    re.IGNORECASE,
)
_QUANTITIES = re.compile(
    r"\d+|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|dozen|half|twice|double|triple|third|quarter)\b",
    re.IGNORECASE,
)
_FEW_QUANTITIES = 2


def task_of(text: str, *, input_tokens: int = 0) -> Task:
    """The kind of work that the last words of the user ask for."""
    if input_tokens >= _LONG_TOKENS:
        return "long"
    seen = text if len(text) <= 2 * _EDGE else f"{text[:_EDGE]}\n{text[-_EDGE:]}"
    if _TRANSLATION.search(seen):
        return "translation"
    if _CODE.search(seen):
        return "code"
    if _MATHS.search(seen) and len(_QUANTITIES.findall(seen)) >= _FEW_QUANTITIES:
        return "maths"
    if _WRITING.search(seen):
        return "writing"
    return "extraction" if _EXTRACTION.search(seen) else "chat"
