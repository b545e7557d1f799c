"""Numbers as JSON means them, where a library would take more for a number, or less."""


def number(value: object) -> object:
    """A number as it is, and what else there is not at all: Pydantic alone would take `true` and `"1"` for 1.

    Raises:
        ValueError: if it is none. Pydantic makes a refusal of it.
    """
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError("must be a number")  # noqa: TRY004  # see above
    return whole(value)


def whole(value: object) -> object:
    """Take `60.0` for 60: to JSON they are one number, to Pydantic they are two when it is strict."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
