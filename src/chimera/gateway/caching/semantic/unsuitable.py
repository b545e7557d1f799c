"""Questions whose answers must not be given to another question, however alike. Pure; every scan is bounded."""

import re
from typing import Final, Literal, TypeAlias

Unsuitable: TypeAlias = Literal["personal", "time-bound", "language", "code", "short", "long"]

LONGEST: Final = 1000
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,63}")
# Telephone numbers, cards, accounts, dates of birth written as digits: seven digits and more, however grouped.
_DIGITS = re.compile(r"(?:\d[ .()/-]{0,2}){6,}\d")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}", re.IGNORECASE)
_ID = re.compile(r"\b(?=[\w-]{8,}\b)(?:[A-Za-z]+[\w-]*\d|\d+[\w-]*[A-Za-z])[\w-]*\b")
_OWN: Final = (
    "name|address|e-?mail|phone|telephone|mobile|number|birthday|date of birth|age|salary|income|password|passport|"
    "ssn|social security number|iban|account number|card number|balance|diagnosis|medication|doctor|symptoms|"
    "weight|height|order|booking|appointment|wife|husband|son|daughter|mother|father|boss|employer|company|lawyer|"
    "test results?"
)
_SAID = re.compile(
    rf"\bmy (?:\w+ )?(?:{_OWN})(?:'s)? (?:is|are|was|lives?|has|had|:)|"
    rf"\b(?:what|who|when|where)(?:'s| is| are| was) my (?:\w+ )?(?:{_OWN})\b|\b(?:i am|i'm) (?:called|named|\d+)|"
    r"\bmein(?:e)? (?:name|adresse|telefonnummer) ist\b|\bje m'appelle\b|\bmon (?:nom|adresse) est\b|\bme llamo\b|"
    r"\bmi (?:nombre|dirección) es\b|меня зовут|我叫|我的名字",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:today|tonight|tomorrow|yesterday|now|nowadays|currently|current|latest|at the moment|so far|as of|"
    r"(?:this|next|last) (?:morning|evening|week|weekend|month|quarter|year|season)|breaking|news|headlines|weather|"
    r"forecast|live score|stock price|share price|up to date|"
    r"heute|jetzt|gestern|aktuell\w*|derzeit|momentan|neueste\w*|(?:diese|nächste|letzte)[rsn]? (?:woche|jahr|monat)|"
    r"aujourd'hui|maintenant|demain|actuellement|récemment|dernières?|"
    r"hoy|ahora|mañana|ayer|actualmente|últim[oa]s?|oggi|adesso|domani|attualmente|hoje|agora|amanhã|"
    r"сегодня|сейчас|завтра|вчера|последн\w+)\b|今天|现在|現在|今日|明天|昨天|最新|目前|오늘|지금|내일",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"```|[{};]\s*$|=>|::|</\w+>|\b(?:def|class|function|import|SELECT|INSERT) \w+[^.?!]*[(;{*]", re.MULTILINE
)


def unsuitable(text: str) -> Unsuitable | None:
    """Why the question is compared with no other; `None` where nothing speaks against it."""
    if len(text) > LONGEST:
        return "long"
    if len(text.split()) < 2:
        return "short"
    letters = [letter for letter in text if letter.isalpha()]
    # The embedder knows English: of other scripts it sees single characters, and finds everything alike.
    if not letters or sum(letter > "\u024f" for letter in letters) * 4 > len(letters):
        return "language"
    if _CODE.search(text):
        return "code"
    if any(pattern.search(text) for pattern in (_EMAIL, _DIGITS, _IBAN, _ID, _SAID)):
        return "personal"
    return "time-bound" if _NOW.search(text) else None
