"""Covering what tells who or where somebody is, or opens something of theirs. Pure; every scan is bounded.

It finds what has a form: addresses of e-mail, numbers of telephones, cards and bank accounts, keys and passwords.
Names, places and what is told between the lines it does not find.
"""

import json
import re
from collections.abc import Callable
from functools import partial
from typing import Final

from chimera.conversations.memory.withheld import KEYS, is_card, is_iban, is_random

EMAIL: Final = "⟨e-mail⟩"
PHONE: Final = "⟨phone⟩"
CARD: Final = "⟨card⟩"
ACCOUNT: Final = "⟨account⟩"
KEY: Final = "⟨key⟩"

_BLOCK: Final = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)", re.DOTALL
)
_LOGIN: Final = re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://)[^\s/@:]{0,80}:[^\s/@]{1,200}@", re.IGNORECASE)
# Of a type, as in `password: str`, nothing is told.
_SAID: Final = re.compile(
    r"\b((?:pass(?:word|phrase|code|wort)|passwd|pwd|kennwort|pin|cvv|cvc|(?:api|secret|private|access)[ _-]?key|"
    r"secret|token)[\"']?\s{0,3}(?:[:=]|(?:is|ist)(?=\s\S{0,200}\d))\s{0,3}[\"'`]?)"
    r"(?!(?:str|string|secretstr|bytes|int|number|any|none|null|true|false|undefined|optional|required|self)\b)"
    r"([^\s\"'`,;]{3,200})",
    re.IGNORECASE,
)
_WHOLE_KEYS: Final = re.compile(rf"(?:{KEYS.pattern})[\w+/=.~-]{{0,4000}}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9+/_=-]{24,4000}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_EMAIL: Final = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}")
_CARD: Final = re.compile(r"(?<![\w.])(?:\d[ \u00a0-]?){12,18}\d(?!\w)")
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?:[ \u00a0-]?[A-Z0-9]){11,30}", re.IGNORECASE)
_PHONE: Final = re.compile(
    r"(?:(?<![\w.+])\+|(?<![\w.+\-/])00)\d(?:[ \u00a0().\-/]{0,2}\d){6,14}(?!\w)|"
    r"(?<![\w.\-/])0\d{1,5}(?:[ \u00a0\-/]{1,3}\d{1,9}){1,4}(?!\w|\.\d)|(?<![\w.\-/])0\d{8,12}(?!\w|\.\d)|"
    r"(?<![\w.])(?:\(\d{3}\) ?|\d{3}[ .\-])\d{3}[ .\-]\d{4}(?!\w)"
)
_SHORTEST_PHONE: Final = 8
_DATE: Final = re.compile(r"\d{1,2}[ ./-]\d{1,2}[ ./-]\d{2,4}")
# ISO 13616, registry of September 2025: letters of the country and characters in all.
_LENGTHS_TOLD: Final = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 "
    "ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 "
    "LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 "
    "PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
)
_LENGTHS: Final = {one[:2]: int(one[2:]) for one in _LENGTHS_TOLD.split()}


def masked(text: str) -> str:
    """The text with such things covered; covered again it is the same."""
    for pattern, cover in _COVERS:
        text = pattern.sub(cover, text)
    return text


def masked_json(text: str) -> str:
    """JSON text with its strings covered, whichever way they were written; what is none, as text."""
    try:
        return json.dumps(_covered(json.loads(text)), ensure_ascii=False)
    except (ValueError, RecursionError):
        return masked(text)


def _covered(said: object) -> object:
    match said:
        case str():
            return masked(said)
        case dict():
            return {masked(str(name)): _member(str(name), value) for name, value in said.items()}
        case list():
            return [_covered(one) for one in said]
        case int() | float() if not isinstance(said, bool):
            plain = str(said)
            return said if masked(plain) == plain else masked(plain)
        case _:
            return said


def _member(name: str, value: object) -> object:
    """The value of `password` is one, though nothing in it says so."""
    if isinstance(value, str) and _SAID.search(f"{name}: {value}"):
        return KEY
    return _covered(value)


def _if(holds: Callable[[str], bool], cover: str, found: re.Match[str]) -> str:
    return cover if holds(found.group()) else found.group()


def _is_token(text: str) -> bool:
    return not _UUID.fullmatch(text) and is_random(text)


def _is_phone(text: str) -> bool:
    return sum(one.isdigit() for one in text) >= _SHORTEST_PHONE and not _DATE.fullmatch(text)


def _account(found: re.Match[str]) -> str:
    """Letters may follow that belong to the next word: the country tells how long a number is."""
    text, length, seen = found.group(), _LENGTHS.get(found.group()[:2].upper()), 0
    for at, character in enumerate(text):
        seen += character.isalnum()
        if seen == length:
            number = "".join(one for one in text[: at + 1] if one.isalnum())
            ends = not text[at + 1 : at + 2].isalnum()
            return ACCOUNT + text[at + 1 :] if ends and number.isascii() and is_iban(number) else text
    return text


_COVERS: Final[tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]] = (
    (_BLOCK, KEY),
    (_LOGIN, rf"\g<1>{KEY}@"),
    (_WHOLE_KEYS, KEY),
    (_SAID, rf"\g<1>{KEY}"),
    (_EMAIL, EMAIL),
    (_IBAN, _account),
    (_TOKEN, partial(_if, _is_token, KEY)),
    (_CARD, partial(_if, is_card, CARD)),
    (_PHONE, partial(_if, _is_phone, PHONE)),
)
