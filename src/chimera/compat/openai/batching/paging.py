"""Query parameters of lists."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from starlette.requests import Request

from chimera.kit.errors import AppError, InvalidRequestError

_MOST_DIGITS: Final = 6


def limit_of(request: Request, *, default: int, most: int) -> int:
    """How many at most are wanted.

    Raises:
        InvalidRequestError: if that is no number from 1 to `most`.
    """
    given = request.query_params.get("limit")
    if given is None:
        return default
    is_number = 0 < len(given) <= _MOST_DIGITS and given.isascii() and given.isdigit()
    if not is_number or not 1 <= int(given) <= most:
        raise InvalidRequestError(f"`limit` must be a number from 1 to {most}.", field="limit")
    return int(given)


def after_of(request: Request, read: Callable[[str], UUID]) -> UUID | None:
    """After which one the list goes on.

    Raises:
        InvalidRequestError: if it is none of ours.
    """
    given = request.query_params.get("after")
    if given is None:
        return None
    try:
        return read(given)
    except AppError as error:
        raise InvalidRequestError("`after` must be an id of this list.", field="after") from error


def is_oldest_first(request: Request) -> bool:
    """Raises InvalidRequestError for an order that is none."""
    order = request.query_params.get("order", "desc")
    if order not in {"asc", "desc"}:
        raise InvalidRequestError("`order` must be `asc` or `desc`.", field="order")
    return order == "asc"
