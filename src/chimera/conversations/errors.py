"""What can be wrong with a conversation.

ConversationError
├── ConversationNotFoundError  conversation_not_found  also when it is another's
├── ConversationRetiredError   conversation_retired    retention deleted its words
├── ConversationHeldError      conversation_held       a legal hold keeps it
├── MessageNotFoundError       message_not_found
├── NoContextError             context_not_found       no answer, or nobody kept what led to it
├── TurnNotFoundError          turn_not_found          also when it is another's
├── TurnInProgressError        turn_in_progress        an answer is still being written
├── PanelConversationError     panel_conversation      several models speak here: let the panel run instead
├── PanelNotFoundError         panel_not_found         one model speaks here
├── ParticipantNotFoundError   participant_not_found
├── PanelSettingsError         panel_invalid           names that clash, or a part for nobody
├── FolderNotFoundError        folder_not_found        also when it is another's
├── FolderPlaceError           folder_place            folders in a circle, or too deep
├── TagNotFoundError           tag_not_found           also when it is another's
├── TooManyShelvesError        too_many_shelves        of folders, tags, or tags of one conversation
├── NoModelError               model_required          none named, and there is no default
├── AnswerCutError             answer_cut              the stream ended before the answer did
├── AnswerCompleteError        answer_complete         it was not cut: there is nothing to go on with
├── TurnInterruptedError       turn_interrupted        the server went away while it was written
├── ShuttingDownError          shutting_down           this replica takes no new turns
└── KeptError                  (as kept)               an error that was written down and read again
"""

from chimera.kit.errors import AppError, Kind


class ConversationError(AppError):
    """Base of all conversation errors."""


class ConversationNotFoundError(ConversationError):
    code = "conversation_not_found"
    kind = Kind.NOT_FOUND


class ConversationRetiredError(ConversationError):
    code = "conversation_retired"
    kind = Kind.CONFLICT


class ConversationHeldError(ConversationError):
    code = "conversation_held"
    kind = Kind.CONFLICT


class MessageNotFoundError(ConversationError):
    code = "message_not_found"
    kind = Kind.NOT_FOUND


class NoContextError(ConversationError):
    code = "context_not_found"
    kind = Kind.NOT_FOUND


class TurnNotFoundError(ConversationError):
    code = "turn_not_found"
    kind = Kind.NOT_FOUND


class TurnInProgressError(ConversationError):
    code = "turn_in_progress"
    kind = Kind.CONFLICT


class PanelConversationError(ConversationError):
    code = "panel_conversation"
    kind = Kind.CONFLICT


class PanelNotFoundError(ConversationError):
    code = "panel_not_found"
    kind = Kind.NOT_FOUND


class ParticipantNotFoundError(ConversationError):
    code = "participant_not_found"
    kind = Kind.NOT_FOUND


class PanelSettingsError(ConversationError):
    code = "panel_invalid"
    kind = Kind.INVALID


class FolderNotFoundError(ConversationError):
    code = "folder_not_found"
    kind = Kind.NOT_FOUND


class FolderPlaceError(ConversationError):
    code = "folder_place"
    kind = Kind.CONFLICT


class TagNotFoundError(ConversationError):
    code = "tag_not_found"
    kind = Kind.NOT_FOUND


class TooManyShelvesError(ConversationError):
    code = "too_many_shelves"
    kind = Kind.CONFLICT


class NoModelError(ConversationError):
    code = "model_required"
    kind = Kind.INVALID


class AnswerCutError(ConversationError):
    code = "answer_cut"
    kind = Kind.UNAVAILABLE


class AnswerCompleteError(ConversationError):
    code = "answer_complete"
    kind = Kind.CONFLICT


class NotAnAnswerError(ConversationError):
    code = "not_an_answer"
    kind = Kind.CONFLICT


class TurnInterruptedError(ConversationError):
    code = "turn_interrupted"
    kind = Kind.UNAVAILABLE


class ShuttingDownError(ConversationError):
    code = "shutting_down"
    kind = Kind.UNAVAILABLE


class KeptError(ConversationError):
    """An error that ended a turn, as it was written down."""

    def __init__(self, message: str, *, code: str, kind: Kind, retry_after_s: float | None = None) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.code = code  # type: ignore[misc]  # the class that had this code is not known any more
        self.kind = kind  # type: ignore[misc]  # likewise
