"""Recovery codes, for whoever lost their second factor: ten, each good once, kept only as hashes."""

import secrets
from typing import Final
from uuid import UUID

from chimera.tenancy.credentials import READABLE, hashed

HOW_MANY: Final = 10
_GROUPS, _LETTERS = 4, 4


def new_codes() -> list[str]:
    """Each has about 79 random bits: a thief of the hashes does not find them by trying."""
    return [
        "-".join("".join(secrets.choice(READABLE) for _ in range(_LETTERS)) for _ in range(_GROUPS))
        for _ in range(HOW_MANY)
    ]


def hash_of(person_id: UUID, code: str) -> str:
    """Of the code in any spelling, for this person alone."""
    plain = "".join(letter for letter in code.casefold() if letter.isalnum())
    return hashed(f"{person_id} {plain}".encode())
