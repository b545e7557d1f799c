"""The closed sets of states of turns and messages."""

from enum import StrEnum


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


MESSAGE_STATUS: dict[TurnStatus, MessageStatus] = {
    TurnStatus.RUNNING: MessageStatus.STREAMING,
    TurnStatus.COMPLETED: MessageStatus.COMPLETE,
    TurnStatus.STOPPED: MessageStatus.STOPPED,
    TurnStatus.FAILED: MessageStatus.FAILED,
    TurnStatus.INTERRUPTED: MessageStatus.INTERRUPTED,
}
"""What becomes of the answer of a turn."""
