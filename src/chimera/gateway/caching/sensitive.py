"""Signs that an answer belongs to one moment or to one person. Pure; in several languages; errs on the side of caution.

An exact answer is given to the same question of the same people only, so these matter where questions are compared by
meaning.
"""

import re
from typing import Final


def _words(alternatives: str) -> str:
    return rf"(?<!\w)(?:{alternatives})(?!\w)"


_ENGLISH_MOMENTS: Final = _words(
    r"today(?:'?s)?|tonight|tomorrow|yesterday|now|nowadays|current(?:ly)?|latest|newest|recent(?:ly)?|right away"
    r"|at the moment|so far|up[- ]to[- ]date|as of|still (?:alive|open|valid|available)|\d+ \w+ ago|what \w+ is it"
    r"|(?:this|last|next|past|coming) (?:second|minute|hour|day|night|week|weekend|month|quarter|year|season|morning"
    r"|evening|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
    r"|(?:breaking )?news|weather|forecast|stock price|exchange rate|live score"
)
_GERMAN_MOMENTS: Final = _words(
    r"heut(?:e|ige[nrsm]?)|gestern|morgen|jetzt|derzeit|momentan|zurzeit|aktuell\w*|neue?ste[nrsm]?|kürzlich|gerade"
    r"|bislang|wetter|nachrichten|wie spät|wie viel uhr|(?:diese|letzte|nächste|vorige|kommende)[nrsm]? "
    r"(?:woche|monat|jahr|tag|quartal)\w*"
)
_ROMANCE_MOMENTS: Final = _words(
    r"aujourd.?hui|hier|demain|maintenant|actuel\w*|dernière?s?|récent\w*|en ce moment|météo|actualités?|ce mois"
    r"|cette (?:semaine|année)|quelle heure|hoy|ayer|mañana|ahora|actual(?:es|mente)?|últim[oa]s?|reciente\w*|clima"
    r"|est[ea] (?:semana|mes|año)|qué hora|hoje|ontem|amanhã|agora|atual\w*|oggi|ieri|domani|adesso|attual\w*"
    r"|ultim[oaie]|che ore"
)
_RUSSIAN_MOMENTS: Final = _words(
    r"сегодня\w*|вчера\w*|завтра\w*|сейчас|теперь|текущ\w+|последн\w+|недавн\w+|погод\w+|новост\w+|который час"
)
# No spaces to go by.
_ASIAN_MOMENTS: Final = (
    r"今天|今日|昨天|昨日|明天|明日|现在|現在|目前|最近|最新|本周|本月"
    r"|今年|去年|几点|天气|天気|今週|今月|오늘|어제|내일|지금|현재|최근|최신|날씨"
)
_MOMENTS: Final = re.compile(
    f"{_ENGLISH_MOMENTS}|{_GERMAN_MOMENTS}|{_ROMANCE_MOMENTS}|{_RUSSIAN_MOMENTS}|{_ASIAN_MOMENTS}", re.IGNORECASE
)

# In this order: an e-mail address, a card, a telephone, a bank account (IBAN), a social security number, an IP address,
# a secret key.
_PERSONAL: Final = re.compile(
    r"[\w.+-]+@[\w-]+\.\w{2,}"
    r"|(?<!\d)(?:\d[ -]?){13,19}(?!\d)"
    r"|(?<![\w.])\+?\d{1,4}[ .-]?\(?\d{2,4}\)?(?:[ .-]?\d{2,4}){2,4}(?![\w.])"
    r"|(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,4})?(?!\w)"
    r"|(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)"
    r"|(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"
    r"|(?<!\w)(?:sk|pk|ghp|xox[abp])[-_][\w-]{12,}"
)
_OWN: Final = re.compile(
    _words(
        r"i(?: am|.m| was| have|.ve| live| work)|my|mine|myself|our|mein\w*|unser\w*|ich (?:bin|habe)|mon|ma|mes|notre"
        r"|nos|je suis|j.ai|mis?|nuestr\w+|soy|meu|minha|sou|mi[oa]|miei|мо[йяёеи]|моего|моей|наш\w*"
    )
    + r"|我的|我们的|私の|僕の|내 |나의",
    re.IGNORECASE,
)


def is_time_bound(text: str) -> bool:
    """Whether the right answer may be another one tomorrow, as far as words tell."""
    return _MOMENTS.search(text) is not None


def is_personal(text: str) -> bool:
    """Whether it holds something that names a person or belongs to one: an address, a number, a secret."""
    return _PERSONAL.search(text) is not None


def is_of_ones_own(text: str) -> bool:
    """Whether somebody speaks of themselves and what is theirs: the same words mean another thing for the next one."""
    return _OWN.search(text) is not None
