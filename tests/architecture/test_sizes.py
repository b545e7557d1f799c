"""No room grows too large. The caps are those of CONTRIBUTING.md; raise none, split instead."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for folder in ("src", "tests", "tools", "benchmarks", "migrations")
    for path in (ROOT / folder).rglob("*.py")
    if "node_modules" not in path.parts
)
PORT_METHODS = 5


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_file_fits_in_the_head(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert source.count("\n") <= 400
    assert ast.get_docstring(tree) or not source.strip(), "a module says what lives in it"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < 50, f"{node.name} is too long"
        if isinstance(node, ast.ClassDef):
            assert node.end_lineno - node.lineno < 250, f"{node.name} is too large"
            assert not _is_port(node) or _methods(node) <= PORT_METHODS, f"{node.name} asks too much"


def _is_port(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases)


def _methods(node: ast.ClassDef) -> int:
    return sum(isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) for item in node.body)


@pytest.mark.parametrize(
    "package", sorted({file.parent for file in FILES if "src" in file.parts}), ids=lambda p: p.name
)
def test_a_package_has_few_files(package: Path) -> None:
    modules = [path for path in package.glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= 15


FRONTEND = sorted(
    path
    for pattern in ("*.ts", "*.tsx")
    for path in (ROOT / "frontend" / "src").rglob(pattern)
    if ".gen." not in path.name and path.name != "schema.d.ts"  # which is generated
)


@pytest.mark.parametrize("file", FRONTEND, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_typescript_file_fits_in_the_head(file: Path) -> None:
    assert file.read_text(encoding="utf-8").count("\n") <= 250
