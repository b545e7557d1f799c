"""What the program imports, it names as its own need: else a wheel installs and then fails."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Part of what FastAPI and aiohttp show of themselves.
SHOWN_BY_OTHERS = {"starlette", "yarl"}


def _modules(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_every_library_that_is_imported_is_a_dependency_or_of_an_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    named = {re.split(r"[\[>=<;\s]", one)[0].lower() for one in wanted} | SHOWN_BY_OTHERS
    distributions = packages_distributions()
    imported = {name.partition(".")[0] for file in (ROOT / "src").rglob("*.py") for name in _modules(file)}
    foreign = imported - sys.stdlib_module_names - {"chimera"}
    missing = {
        name for name in foreign if not named & {one.lower().replace("_", "-") for one in distributions.get(name, ())}
    }
    assert missing == set()
