"""The closed sets of states of conversations, turns and messages, and of who named a conversation."""

from enum import StrEnum


class ConversationState(StrEnum):
    """`retired`: retention deleted its words. That its owner put it away (`archived`) is no state, but a place."""

    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    RETIRED = "retired"


class TurnStatus(StrEnum):
    """`running` is the only one that is left again."""

    RUNNING = "running"
    COMPLETED = "completed"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class MessageStatus(StrEnum):
    COMPLETE = "complete"
    STREAMING = "streaming"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class TitledBy(StrEnum):
    """Who gave a conversation its title. Of those that nothing is known of, a person did."""

    WORDS = "words"
    MODEL = "model"
    PERSON = "person"


MESSAGE_STATUS: dict[TurnStatus, MessageStatus] = {
    TurnStatus.RUNNING: MessageStatus.STREAMING,
    TurnStatus.COMPLETED: MessageStatus.COMPLETE,
    TurnStatus.STOPPED: MessageStatus.STOPPED,
    TurnStatus.FAILED: MessageStatus.FAILED,
    TurnStatus.INTERRUPTED: MessageStatus.INTERRUPTED,
}
"""What becomes of the answer of a turn."""
