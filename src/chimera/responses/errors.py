"""What can be wrong with a stored response.

ResponseError
├── ResponseNotFoundError          response_not_found            also when it is another's
├── PreviousResponseNotFoundError  previous_response_not_found   likewise; `field` names the parameter
├── ResponseNotReadyError          response_not_ready            it is still being written
├── ChainTooLongError              response_chain_too_long       too many responses, or too much text, before it
├── NotInBackgroundError           response_not_in_background    only what runs there is cancelled or resumed
├── ResponseInterruptedError       response_interrupted          the server went away while it was written
├── AnswerCutError                 answer_cut                    the stream ended before the answer did
└── ShuttingDownError              shutting_down                 this replica begins nothing more
"""

from chimera.kit.errors import AppError, InvalidRequestError, Kind


class ResponseError(AppError):
    """Base of all errors of stored responses."""


class ResponseNotFoundError(ResponseError):
    code = "response_not_found"
    kind = Kind.NOT_FOUND


class PreviousResponseNotFoundError(InvalidRequestError):
    code = "previous_response_not_found"
    kind = Kind.NOT_FOUND

    def __init__(self, message: str) -> None:
        super().__init__(message, field="previous_response_id")


class ResponseNotReadyError(InvalidRequestError):
    code = "response_not_ready"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="previous_response_id")


class ChainTooLongError(InvalidRequestError):
    code = "response_chain_too_long"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="previous_response_id")


class NotInBackgroundError(InvalidRequestError):
    code = "response_not_in_background"


class ResponseInterruptedError(ResponseError):
    code = "response_interrupted"
    kind = Kind.UNAVAILABLE


class AnswerCutError(ResponseError):
    code = "answer_cut"
    kind = Kind.UNAVAILABLE


class ShuttingDownError(ResponseError):
    code = "shutting_down"
    kind = Kind.UNAVAILABLE
