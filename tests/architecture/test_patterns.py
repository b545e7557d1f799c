"""Regular expressions that every Python we run on matches alike."""

import ast
import re._constants as op  # type: ignore[import-not-found]  # the standard library's own reading: it has no other
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "chimera"
REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}


def patterns() -> Iterator[tuple[str, Any]]:
    """Where each is that is written out in one piece, and what it is."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="re")), args=[ast.Constant(value=text), *_]):
                    yield f"{path.relative_to(SOURCE)}:{node.lineno}", text


def bodies(tree: Any) -> Iterator[list[Any]]:
    """What lies in the groups that give nothing back."""
    for code, value in tree:
        if code in {op.POSSESSIVE_REPEAT, op.ATOMIC_GROUP}:
            yield list(value if code is op.ATOMIC_GROUP else value[2])
        for inner in _within(code, value):
            yield from bodies(inner)


def _within(code: Any, value: Any) -> list[Any]:
    if code is op.BRANCH:
        return list(value[1])
    if code is op.ATOMIC_GROUP:
        return [value]
    if code in REPEATS:
        return [value[2]]
    return [value[-1]] if code is op.SUBPATTERN else []


def fails_halfway(body: list[Any]) -> bool:
    """Whether more than its beginning can keep it from matching."""
    return any(code is op.BRANCH for code, _ in body) or any(
        code not in REPEATS or value[0] > 0 for code, value in body[1:]
    )


def test_no_group_that_gives_nothing_back_fails_halfway() -> None:
    """Python before 3.11.5, Debian's of 2023 among them, goes on after the half it read: python/cpython#106052."""
    wrong = [where for where, text in patterns() if any(map(fails_halfway, bodies(parser.parse(text))))]
    assert not wrong


@pytest.mark.parametrize("text", [r'(?:"[^"]*")*+', r"(?:a++|b)*+", r"x(?>ab)", r"((?:ab){0,3}+)|c"])
def test_such_groups_are_known(text: str) -> None:
    assert any(map(fails_halfway, bodies(parser.parse(text))))
