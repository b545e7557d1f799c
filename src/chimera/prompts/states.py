"""The kinds of things in the library, and with whom they are shared."""

from enum import StrEnum


class Kind(StrEnum):
    PROMPT = "prompt"
    PERSONA = "persona"


class Sharing(StrEnum):
    PRIVATE = "private"
    GROUPS = "groups"
    ORGANISATION = "organisation"
