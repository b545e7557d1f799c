"""What is never remembered: keys, passwords, numbers of cards and accounts. Pure; every scan is bounded."""

import math
import re
from collections import Counter
from typing import Final

KEYS: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\b(?:sk|pk|rk)[-_](?:live|test|proj|ant|or)?[-_]?[A-Za-z0-9_-]{12,}|"
    r"\bAKIA[0-9A-Z]{12,}|\bASIA[0-9A-Z]{12,}|\bgh[pousr]_[A-Za-z0-9]{16,}|\bgithub_pat_\w{16,}|\bglpat-[\w-]{16,}|"
    r"\bxox[abprs]-[\w-]{10,}|\bAIza[\w-]{20,}|\bya29\.[\w-]{16,}|\bhf_[A-Za-z0-9]{16,}|\bnpm_[A-Za-z0-9]{16,}|"
    r"\bwhsec_[\w+/=-]{12,}|\bck_[\w-]{16,}|\beyJ[\w-]{8,1000}\.[\w-]{8,}|\bBearer\s+[\w.~+/-]{16,}|"
    r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/@:]{1,80}:[^\s/@]{1,80}@",
)
_NAMED: Final = re.compile(
    r"\b(?:pass(?:word|phrase|code|wort)|passwd|pwd|kennwort|contraseña|mot de passe|senha|пароль|pin(?: ?code)?|"
    r"puk|cvv|cvc|(?:api|secret|private|access|recovery|licen[cs]e|encryption)[ _-]?(?:key|code|token|phrase)|"
    r"seed phrase|token|otp|one-time code|ssn|social security(?: number)?|tax id|passport(?: number| no\.?)?|"
    r"(?:credit |debit )?card(?: number| no\.?)|account number|routing number|iban|密码|パスワード)\b"
    r"[^.\n]{0,40}?(?:\bis\b|\bist\b|\bes\b|\best\b|[:=]|是|は)\s*\S",
    re.IGNORECASE,
)
_DIGITS: Final = re.compile(r"(?<![\w.])(?:\d[ -]?){12,18}\d(?![\w])")
_SSN: Final = re.compile(r"\b\d{3}-\d{2}-\d{4}\b")
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b", re.IGNORECASE)
_TOKEN: Final = re.compile(r"[A-Za-z0-9+/_=-]{20,200}")
_BITS: Final = 3.5
_REMAINDER: Final = 97


def withheld(text: str) -> bool:
    """Whether a text holds something that must not be remembered."""
    if KEYS.search(text) or _NAMED.search(text) or _SSN.search(text):
        return True
    if any(is_card(found.group()) for found in _DIGITS.finditer(text)):
        return True
    if any(is_iban(found.group()) for found in _IBAN.finditer(text)):
        return True
    return any(is_random(found.group()) for found in _TOKEN.finditer(text))


def is_card(digits: str) -> bool:
    """https://en.wikipedia.org/wiki/Luhn_algorithm"""
    numbers = [int(one) for one in digits if one.isdigit()]
    doubled = [2 * one - 9 * (one > 4) for one in numbers[-2::-2]]
    return (sum(numbers[-1::-2]) + sum(doubled)) % 10 == 0


def is_iban(text: str) -> bool:
    """ISO 13616: moved four to the end, letters as numbers, the remainder is 1."""
    bare = text.replace(" ", "").upper()
    return int("".join(str(int(one, 36)) for one in bare[4:] + bare[:4])) % _REMAINDER == 1


def is_random(token: str) -> bool:
    """Digits among letters, and no letter much likelier than another: no word of any language."""
    if not any(one.isdigit() for one in token) or not any(one.isalpha() for one in token):
        return False
    counts = Counter(token).values()
    return -sum(n / len(token) * math.log2(n / len(token)) for n in counts) > _BITS
