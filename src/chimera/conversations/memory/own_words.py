"""What of a message its writer says themselves. Pure.

People paste letters, logs, answers and whole conversations. Nothing of that may be taken for their own word, and what
may be either is not. So this errs on the side of leaving out.
"""

import re
from typing import Final

# Full-width and curly signs of other keyboards, as the patterns here and elsewhere spell them.
_PLAIN: Final = str.maketrans("\uff1a\uff01\uff1f\u2019\u2018\u201b\u2013\u2011\u00a0", ":!?'''-- ")
_LEFT_OUT: Final = " … "
_LONGEST: Final = 2_000
_LONGEST_OPENING: Final = 1_000
_FENCED: Final = re.compile(r"(```|~~~).*?(?:\1|\Z)", re.DOTALL)
# Tags that were never closed reach to the end.
_TAGGED: Final = re.compile(r"<([A-Za-z][\w:-]*+)[^<>]*+>.*?(?:</\1\s*>|\Z)", re.DOTALL)
_BRACKETED: Final = re.compile(r"\[(INST|SYSTEM|/?DOCUMENT|QUOTE)\].*?(?:\[/\1\]|\Z)", re.DOTALL | re.IGNORECASE)
# What is quoted, and what must follow for a quotation to end: without that nobody looks for its end.
_QUOTED: Final = (
    (re.compile(r"[\"“„«‟].{25,}?[\"”“»‟]", re.DOTALL), re.compile(r"[\"”“»‟]")),
    (re.compile(r"(?<!\w)'.{40,}?'(?!\w)", re.DOTALL), re.compile(r"'(?!\w)")),
)
_SEPARATOR: Final = re.compile(r"^\s*([-=*_#~<>|]\s*){3,}$")
_HEADED: Final = re.compile(
    r"^\s*+[#*_\[(<]*+\s*+(?:system|assistant|user|human|ai|bot|model|tool|developer|chatgpt|claude|gemini|gpt[\w.-]*|from|"
    r"to|cc|subject|date|sent|on .{5,80} wrote|von|an|betreff|am .{5,80} schrieb|de|para|asunto|le .{5,80} a écrit)"
    r"(?: ?(?:message|prompt|note|instructions?))?\s*+[\])*_]*+\s*+[:>]",
    re.IGNORECASE,
)
_TO_BE_KEPT: Final = re.compile(
    r"\b(?:remember|keep in mind|note|don't forget|do not forget|memori[sz]e|about me|merk\w*|denk daran|recuerda|"
    r"souviens|retiens|n'oublie pas|ricorda|lembre|запомни)\b[^:]*:\s*",
    re.IGNORECASE,
)
_WORKED_ON: Final = re.compile(
    r"\b(?:summari[sz]e|translat\w*|proofread|rewrite|rephrase|paraphrase|shorten|edit|improve|correct|fix|review|"
    r"analy[sz]e|explain|classify|extract|read|reply to|respond to|answer this|continue|complete|check|debug|format|"
    r"convert|the following|this (?:text|e-?mail|letter|article|document|message|log|post|paragraph|review|transcript)|"
    r"übersetz\w*|fasse?|zusammen\w*|korrigier\w*|folgende\w*|traduce|traduci\w*|tradui\w*|resum\w*|résum\w*|corrig\w*)"
    r"\b[^.!?\n]{0,80}:\s*",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """The text with apostrophes, dashes and colons of one form."""
    return text.translate(_PLAIN)


def own_words(text: str) -> str:
    """The text without what is quoted, pasted, headed as another's, or given to be worked on."""
    text = plain(text)
    for marked in (_FENCED, _TAGGED, _BRACKETED):
        text = marked.sub(_LEFT_OUT, text)
    for quoted, end in _QUOTED:
        text = _without(text, quoted, end)
    worked_on = _WORKED_ON.search(text)
    if worked_on is not None and not _TO_BE_KEPT.search(text[: worked_on.end()]):
        text = text[: worked_on.start()]
    own = "\n".join(_lines(text)).strip()
    if len(own) > _LONGEST:
        opening = own.split("\n\n", 1)[0]
        return opening if len(opening) <= _LONGEST_OPENING else ""
    return own


def _without(text: str, quoted: re.Pattern[str], end: re.Pattern[str]) -> str:
    """The text without what is quoted, in time that grows as the text does."""
    last = max((found.end() for found in end.finditer(text)), default=0)
    return quoted.sub(_LEFT_OUT, text[:last]) + text[last:]


def _lines(text: str) -> list[str]:
    """Lines until one that says that what follows is something else."""
    kept: list[str] = []
    lines = text.splitlines()
    last = max((number for number, line in enumerate(lines) if line.strip()), default=0)
    for number, line in enumerate(lines):
        if _SEPARATOR.match(line) or _HEADED.match(line):
            break
        if line.lstrip().startswith((">", "|")):
            continue
        if line.rstrip().endswith(":") and number < last and not _TO_BE_KEPT.search(f"{line} "):
            break
        kept.append(line)
    return kept
