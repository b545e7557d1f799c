"""Bodies that were right and are spoilt in a place or two, as Hypothesis draws them."""

import json
from typing import Any

from hypothesis import strategies as st

_TEXTS = st.text(st.characters(exclude_categories=()), max_size=8) | st.sampled_from(["", "\x00", "\ud800", "a" * 5000])
_ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=2**53, max_value=2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=6,
)


def _paths(value: object, before: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [before, *(path for step, inner in steps for path in _paths(inner, (*before, step)))]


def _mutated(draw: st.DrawFn, valid: dict[str, Any]) -> object:
    body: Any = json.loads(json.dumps(valid))
    for _ in range(draw(st.integers(1, 2))):
        *way, last = draw(st.sampled_from(_paths(body)[1:] or [("model",)]))
        place = body
        for step in way:
            place = place[step]
        match draw(st.sampled_from(["replace", "replace", "remove", "add"])):
            case "replace":
                place[last] = draw(_ANYTHING)
            case "remove":
                place.pop(last)
            case _ if isinstance(place, dict):
                place[draw(_TEXTS)] = draw(_ANYTHING)
            case _:
                place.append(draw(_ANYTHING))
    return body


def mutations(valid: dict[str, Any]) -> st.SearchStrategy[object]:
    """Return a strategy of bodies that differ from a valid one, in a member or two."""
    return st.composite(lambda draw: _mutated(draw, valid))()
