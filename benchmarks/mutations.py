"""Questions beside questions that look alike and mean something else: a number, a date, a name, a role, a "not".

The words here are chosen without looking at the guards' tables.
"""

import random
import re
from collections.abc import Iterator

_NAMES = [
    "Berlin",
    "Nairobi",
    "Toronto",
    "Oslo",
    "Lima",
    "Kyoto",
    "Ankara",
    "Cairo",
    "Alice",
    "Mehmet",
    "Priya",
    "Olga",
    "Tom",
    "Fatima",
    "Spotify",
    "Netflix",
    "Revolut",
    "Monzo",
    "PayPal",
    "Zalando",
    "Tesla",
    "Toyota",
    "Python",
    "Kotlin",
    "Postgres",
    "Mongo",
    "Saturn",
    "Neptune",
    "Hamlet",
    "Macbeth",
]
_NAMED = (
    "Which documents do I need for a trip to {}?",
    "how far is it to {} by train",
    "Tell me about the founding of {}",
    "Can I pay at {} with my card?",
    "Is there a discount for customers of {}?",
    "what did {} say about the contract",
)
_ROLES = (
    "How do I move money from {} to {}?",
    "Convert {} to {} for me",
    "Does {} owe money to {}?",
    "Is {} taller than {}?",
    "Why did {} sue {}?",
    "Can {} teach {} how to drive?",
    "is {} better than {} for small teams",
    "What happens when {} invites {} to the account?",
)
_COUNTED = (
    "What is the fee for {} withdrawals?",
    "Can I order {} cards at once?",
    "how do I split the bill between {} people",
    "Is {} GB of storage enough for my photos?",
    "Does version {} support dark mode?",
    "How many calories are in {} g of rice?",
    "What is {} percent of my limit?",
    "Will the parcel arrive within {} hours?",
)
_DATED = (
    "Is the branch open on {}?",
    "What happened to the transfer of {}?",
    "Which fees apply from {} on?",
    "can I book a room for {}",
)
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_AUXILIARY = re.compile(r"\b(is|are|do|does|did|can|could|will|would|should|was|has|have|am)\b", re.IGNORECASE)
_INTEGER = re.compile(r"\b\d+\b")


def mutations(questions: list[str], seed: int, count: int) -> Iterator[tuple[str, str, str]]:
    """`count` of each kind: the kind, a question, and one that must not get its answer."""
    chance = random.Random(seed)
    plain = [question for question in questions if _AUXILIARY.search(question)]
    counted = [question for question in questions if _INTEGER.search(question)]
    for turn in range(count):
        yield "negation", *_negated(chance, chance.choice(plain))
        yield "number", *(_recounted(chance, chance.choice(counted)) if turn % 2 and counted else _number(chance))
        first, second = chance.sample(_NAMES, 2)
        role = chance.choice(_ROLES)
        yield "role", _cased(turn, role.format(first, second)), _cased(turn, role.format(second, first))
        named = chance.choice(_NAMED)
        yield "name", _cased(turn, named.format(first)), _cased(turn, named.format(second))
        yield "date", *_date(chance)


def _negated(chance: random.Random, question: str) -> tuple[str, str]:
    word = "never" if chance.random() < 0.3 else "not"
    found = chance.choice(list(_AUXILIARY.finditer(question)))
    return question, f"{question[: found.end()]} {word}{question[found.end() :]}"


def _recounted(chance: random.Random, question: str) -> tuple[str, str]:
    return question, _INTEGER.sub(lambda match: str(int(match.group()) + chance.randint(1, 9)), question, count=1)


def _number(chance: random.Random) -> tuple[str, str]:
    first, second = (str(number) for number in chance.sample(range(2, 400), 2))
    if chance.random() < 0.3:
        first, second = f"{first}.5", f"{first}.7"
    template = chance.choice(_COUNTED)
    return template.format(first), template.format(second)


def _date(chance: random.Random) -> tuple[str, str]:
    template = chance.choice(_DATED)
    kind = chance.randrange(4)
    if kind == 0:
        first, second = chance.sample(_DAYS, 2)
    elif kind == 1:
        first, second = (f"{month} {chance.randint(1, 28)}" for month in chance.sample(_MONTHS, 2))
    elif kind == 2:
        first, second = (f"{year}-{chance.randint(10, 12)}-{chance.randint(10, 28)}" for year in (2024, 2025))
    else:
        first, second = (str(year) for year in chance.sample(range(1990, 2026), 2))
    return template.format(first), template.format(second)


def _cased(turn: int, text: str) -> str:
    """As people type: sometimes all small."""
    return text.lower() if turn % 3 == 0 else text
