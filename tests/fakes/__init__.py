"""A fake upstream that speaks every provider's true wire and misbehaves on demand; see README.md here."""

from tests.fakes.answer import Answer, Finish, Tokens, ToolUse
from tests.fakes.faults import HUGE_TEXT, MULTIBYTE_TEXT, Fault
from tests.fakes.flavours import FLAVOURS, Operation
from tests.fakes.received import Received
from tests.fakes.server import FakeUpstream

__all__ = [
    "FLAVOURS",
    "HUGE_TEXT",
    "MULTIBYTE_TEXT",
    "Answer",
    "FakeUpstream",
    "Fault",
    "Finish",
    "Operation",
    "Received",
    "Tokens",
    "ToolUse",
]
