"""Why a request with an `Idempotency-Key` gets no answer. `web.refusals` has the key that another request used.

├── InvalidIdempotencyKeyError  invalid_idempotency_key      not 1 to 255 printable characters, or several
├── KeyInProgressError          idempotency_key_in_progress  the first request is still being answered
├── ResultNotKeptError          idempotent_result_not_kept   it was carried out, and its answer cannot be given again
└── RunCutError                 idempotent_run_cut           the server ended before the answer did
"""

from chimera.kit.errors import AppError, InvalidRequestError, Kind


class InvalidIdempotencyKeyError(InvalidRequestError):
    code = "invalid_idempotency_key"


class KeyInProgressError(AppError):
    code = "idempotency_key_in_progress"
    kind = Kind.CONFLICT


class ResultNotKeptError(AppError):
    """To be carried out again it needs another key; the same one will never do."""

    code = "idempotent_result_not_kept"
    kind = Kind.CONFLICT


class RunCutError(AppError):
    code = "idempotent_run_cut"
    kind = Kind.UNAVAILABLE
