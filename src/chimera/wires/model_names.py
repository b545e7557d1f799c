"""Facts that are told by how a model's name begins. Pure."""

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def by_prefix(model: str, facts: Iterable[tuple[str, T]], *, otherwise: T) -> T:
    """Return the first fact whose prefix fits the name, whatever its case and whoever's path stands before it."""
    name = model.rpartition("/")[2].lower()
    return next((fact for prefix, fact in facts if name.startswith(prefix)), otherwise)
