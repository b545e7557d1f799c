"""Why the books say no.

SpendError
├── BudgetExhaustedError   budget_exhausted   too little is left in a hard budget
├── UnpricedError          model_unpriced     a hard budget counts money, and nobody knows the price
├── EntryNotFoundError     entry_not_found    there is no such line in the ledger
├── BudgetNotFoundError    budget_not_found   there is no such budget
├── SubjectNotFoundError   subject_not_found  nobody has the id that a new budget names
└── TooManyBudgetsError    too_many_budgets   the organisation has as many as it may
"""

from chimera.kit.errors import AppError, Kind


class SpendError(AppError):
    """Base of this package's errors."""


class BudgetExhaustedError(SpendError):
    """Too little is left.

    Attributes:
        is_everybodys: Whether nothing at all is left of a budget of the whole organisation, so that nobody's next call
            fares better.
    """

    code = "budget_exhausted"
    kind = Kind.EXHAUSTED

    def __init__(self, message: str, *, retry_after_s: float | None = None, is_everybodys: bool = False) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.is_everybodys = is_everybodys


class UnpricedError(SpendError):
    code = "model_unpriced"
    kind = Kind.EXHAUSTED


class EntryNotFoundError(SpendError):
    code = "entry_not_found"
    kind = Kind.NOT_FOUND


class BudgetNotFoundError(SpendError):
    code = "budget_not_found"
    kind = Kind.NOT_FOUND


class SubjectNotFoundError(SpendError):
    code = "subject_not_found"
    kind = Kind.NOT_FOUND


class TooManyBudgetsError(SpendError):
    code = "too_many_budgets"
    kind = Kind.CONFLICT
