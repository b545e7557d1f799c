"""In which script a text is written: what a token costs differs more between scripts than between vendors."""

from bisect import bisect_right
from collections import Counter
from typing import Literal, TypeAlias

Script: TypeAlias = Literal[
    "ascii", "code", "latin", "greek", "cyrillic", "armenian", "hebrew", "arabic", "devanagari", "indic", "thai", "lao",
    "tibetan", "myanmar", "georgian", "hangul", "ethiopic", "khmer", "kana", "han", "other",
]  # fmt: skip
"""`ascii` is English and its like, `latin` has letters with diacritics, `code` is programs, JSON and tables."""

# First code point of a run, and its script; `""` says nothing: marks, dashes, quotes, arrows stand in all of them.
_RUNS: tuple[tuple[int, Script | Literal[""]], ...] = (
    (0x00, ""), (0xC0, "latin"), (0x2B0, ""), (0x370, "greek"), (0x400, "cyrillic"), (0x530, "armenian"),
    (0x590, "hebrew"), (0x600, "arabic"), (0x780, "other"), (0x8A0, "arabic"), (0x900, "devanagari"), (0x980, "indic"),
    (0xE00, "thai"), (0xE80, "lao"), (0xF00, "tibetan"), (0x1000, "myanmar"), (0x10A0, "georgian"), (0x1100, "hangul"),
    (0x1200, "ethiopic"), (0x13A0, "other"), (0x1780, "khmer"), (0x1800, "other"), (0x1E00, "latin"), (0x1F00, "greek"),
    (0x2000, ""), (0x2E80, "han"), (0x3000, ""), (0x3040, "kana"), (0x3130, "hangul"), (0x3200, "other"),
    (0x3400, "han"), (0xA000, "other"), (0xAC00, "hangul"), (0xD800, "other"), (0xF900, "han"), (0xFB50, "arabic"),
    (0xFE00, ""), (0xFE70, "arabic"), (0xFF00, ""), (0x10000, "other"), (0x20000, "han"), (0x32000, "other"),
)  # fmt: skip
_STARTS = tuple(start for start, _ in _RUNS)
_SAMPLE = 512
_CODE_MARKS = frozenset('{}[]()<>=;_/\\|&*#@`$^~+"0123456789')
_CODE_SHARE = 0.12
# A letter with a diacritic in two hundred characters: German has four, English none.
_LATIN_SHARE = 0.005
# Characters of other scripts cost two to three times what an ASCII letter does.
_FOREIGN_SHARE = 0.15


def script_of(text: str) -> Script:
    """The script that most of a text's tokens are in, from a sample of it: some 20 microseconds."""
    sample = text if len(text) <= _SAMPLE else text[:: len(text) // _SAMPLE][:_SAMPLE]
    if not sample.isascii():
        found = _beyond_ascii(sample)
        if found is not None:
            return found
    marks = sum(sample.count(mark) for mark in _CODE_MARKS)
    return "code" if marks > _CODE_SHARE * len(sample) else "ascii"


def _beyond_ascii(sample: str) -> Script | None:
    scripts: Counter[Script] = Counter()
    for character, times in Counter(sample).items():
        script = _RUNS[bisect_right(_STARTS, ord(character)) - 1][1]
        if script:
            scripts[script] += times
    latin = scripts.pop("latin", 0)
    if scripts:
        # Japanese mixes kana with Chinese characters, and is told by the former.
        most: Script = "kana" if scripts["kana"] * 4 > scripts["han"] else scripts.most_common(1)[0][0]
        if scripts.total() > _FOREIGN_SHARE * len(sample):
            return most
    return "latin" if latin > _LATIN_SHARE * len(sample) else None
