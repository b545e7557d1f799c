"""What can be wrong with a memory.

RememberingError
├── MemoryNotFoundError    memory_not_found     also when it is another's
├── MemoryForbiddenError   memory_forbidden     the organisation lets nothing be remembered
├── MemoryWithheldError    memory_withheld      it holds a key, a password, a number of a card or account
├── MemoriesFullError      memories_full        one person has as many as there may be
└── MemoryUnreadableError  memory_unreadable    the model that is asked what to learn answers something else
"""

from chimera.conversations.errors import ConversationError
from chimera.kit.errors import Kind


class RememberingError(ConversationError):
    """Base of these."""


class MemoryNotFoundError(RememberingError):
    code = "memory_not_found"
    kind = Kind.NOT_FOUND


class MemoryForbiddenError(RememberingError):
    code = "memory_forbidden"
    kind = Kind.FORBIDDEN


class MemoryWithheldError(RememberingError):
    code = "memory_withheld"
    kind = Kind.INVALID


class MemoriesFullError(RememberingError):
    code = "memories_full"
    kind = Kind.CONFLICT


class MemoryUnreadableError(RememberingError):
    code = "memory_unreadable"
    kind = Kind.INTERNAL
