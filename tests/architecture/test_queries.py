"""No query escapes its tenant: by construction (repositories), and by this lint."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "chimera"
STARTS_A_QUERY = {"select", "update", "delete", "insert", "text"}
FILES = [path for path in sorted(SOURCE.rglob("*.py")) if path.parent.name != "store" and path.name != "repository.py"]
REPOSITORIES = sorted(SOURCE.rglob("repository.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_only_repositories_query(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            taken = {alias.name for alias in node.names} & STARTS_A_QUERY
            assert not taken, f"line {node.lineno}: queries live in repository.py, not here ({taken})"


@pytest.mark.parametrize("file", FILES + REPOSITORIES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_only_the_store_tells_dialects_apart(file: Path) -> None:
    if file.relative_to(SOURCE).parts[0] == "conversations":
        return  # its statements of the hot path are made once, for both
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert not (node.module or "").startswith("sqlalchemy.dialects"), "`store.insert_into` knows both"
