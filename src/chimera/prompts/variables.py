"""Values for a prompt's variables, held to what was declared."""

from collections.abc import Mapping, Sequence
from typing import Final

from chimera.prompts.bodies import Value, Variable, VariableType
from chimera.prompts.errors import VariablesError

MOST_CHARACTERS: Final = 200_000
"""Of all values of a prompt together."""
DEEPEST: Final = 8
# Words of the template language.
_RESERVED: Final = frozenset(
    {"and", "else", "false", "if", "in", "is", "loop", "none", "not", "null", "or", "self", "true"}
)
_EMPTY: Final[Mapping[VariableType, Value]] = {"string": "", "list": [], "object": {}}
_NAMES: Final[Mapping[VariableType, str]] = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "list": "a list",
    "object": "an object",
}


def filled(declared: Sequence[Variable], given: Mapping[str, Value]) -> dict[str, Value]:
    """Every declared variable with its value: the given one, its default, or what is empty of its type.

    Raises:
        VariablesError: naming the variable, if one is missing, unknown, or not what was declared.
    """
    unknown = sorted(given.keys() - {one.name for one in declared})
    if unknown:
        known = ", ".join(one.name for one in declared) or "none"
        raise VariablesError(f"There is no variable {unknown[0]!r}; this prompt has {known}.")
    values = {one.name: _value(one, given.get(one.name)) for one in declared}
    if sum(_size(value, one, 0) for one, value in values.items()) > MOST_CHARACTERS:
        raise VariablesError(f"The values of the variables have more than {MOST_CHARACTERS:,} characters together.")
    return values


def check_declared(declared: Sequence[Variable]) -> None:
    """Raises VariablesError: if two have one name, or a default is not what its variable takes."""
    names = [one.name for one in declared]
    for one in declared:
        if names.count(one.name) > 1:
            raise VariablesError(f"There are two variables {one.name!r}.")
        if one.name in _RESERVED:
            raise VariablesError(f"A variable cannot be called {one.name!r}, which means something in templates.")
        if one.choices and one.type != "string":
            raise VariablesError(f"The variable {one.name!r} has choices: then its type must be string.")
        if one.default is not None:
            _size(one.default, one.name, 0)
            _value(one, one.default)


def check_value(value: Value) -> None:
    """Raises VariablesError: if it is too large or too deep, or holds what cannot be kept."""
    if _size(value, "value", 0) > MOST_CHARACTERS:
        raise VariablesError(f"A value has more than {MOST_CHARACTERS:,} characters.")


def _value(variable: Variable, given: Value) -> Value:
    value = variable.default if given is None else given
    if value is None:
        if variable.required:
            raise VariablesError(f"The variable {variable.name!r} is missing: give it {_NAMES[variable.type]}.")
        return _EMPTY.get(variable.type)
    if not _fits(value, variable.type):
        raise VariablesError(f"The variable {variable.name!r} must be {_NAMES[variable.type]}.")
    if variable.choices and value not in variable.choices:
        raise VariablesError(f"The variable {variable.name!r} must be one of {', '.join(variable.choices)}.")
    return value


def _fits(value: Value, type_: VariableType) -> bool:
    match type_:
        case "string":
            return isinstance(value, str)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "list":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)


def _size(value: Value, name: str, depth: int) -> int:
    """How many characters it has, a few for each thing that is no text."""
    if depth > DEEPEST:
        raise VariablesError(f"The variable {name!r} is nested more than {DEEPEST} deep.")
    match value:
        case str():
            return len(_sound(value, name))
        case list():
            return 2 + sum(_size(one, name, depth + 1) for one in value)
        case dict():
            return 2 + sum(len(_sound(key, name)) + _size(one, name, depth + 1) for key, one in value.items())
        case int() | float() if not abs(value) < 2**63:
            raise VariablesError(f"The variable {name!r} holds a number that is too large, or none.")
        case _:
            return 8


def _sound(text: str, name: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise VariablesError(f"The variable {name!r} holds half of a surrogate pair.") from None
    if "\x00" in text:
        raise VariablesError(f"The variable {name!r} holds the character U+0000.")
    return text
