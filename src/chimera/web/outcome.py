"""How an answer went, for layers that only see its bytes: a stream that broke has a good status and a proper end."""

from starlette.types import Scope

_BROKEN = "chimera.answer_broken"


def note_broken(scope: Scope) -> None:
    """Tell that the answer to this request failed after it had begun."""
    scope[_BROKEN] = True


def is_broken(scope: Scope) -> bool:
    return _BROKEN in scope
