"""Every promise of the surfaces has a test, and every test of theirs proves a promise."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.surfaces.checklist import CHECKLIST
from tests.surfaces.requirements import PROMISES

HERE = Path(__file__).parent
# The clients and judges of others, and the faults on every surface, have folders of their own.
ELSEWHERE = [*sorted((HERE / "isolation").glob("test_*.py"))]
ELSEWHERE += [HERE.parent / "faults" / "test_surfaces.py", *(HERE.parent / "agents").glob("test_*.py")]
ELSEWHERE.append(HERE.parent / "conformance" / "test_llm_comply.py")
FILES = [*sorted(file for file in HERE.glob("test_*.py") if file.name != Path(__file__).name), *ELSEWHERE]
NODE_CHECK = re.compile(r'^  async "([a-z_.]+)"\(', re.MULTILINE)


def found_in(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node


def claims_of(test: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    calls = [node for node in test.decorator_list if isinstance(node, ast.Call)]
    claims = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "requirement"]
    return {ast.literal_eval(argument) for call in claims for argument in call.args}


def test_every_promise_has_a_test() -> None:
    claimed = {claim for file in FILES for test in found_in(file) for claim in claims_of(test)}
    assert not PROMISES.keys() - claimed


def test_every_test_proves_a_promise() -> None:
    idle = [f"{file.name}: {test.name}" for file in FILES for test in found_in(file) if not claims_of(test)]
    assert not idle


def test_every_claim_is_a_promise() -> None:
    claimed = {claim for file in FILES for test in found_in(file) for claim in claims_of(test)}
    assert claimed <= PROMISES.keys()


def test_every_check_of_the_node_suite_is_a_promise() -> None:
    checks = NODE_CHECK.findall((HERE / "node" / "suite.mjs").read_text(encoding="utf-8"))
    assert len(checks) > 15
    assert set(checks) <= PROMISES.keys()


def test_every_point_of_the_checklist_is_held() -> None:
    wires = HERE.parent / "wires"
    tests = {
        f"{file.parent.name}/{file.stem}::{test.name}" for file in wires.glob("*/test_*.py") for test in found_in(file)
    }
    assert len(CHECKLIST) == 40
    assert [proof for proofs in CHECKLIST.values() for proof in proofs if proof not in tests | PROMISES.keys()] == []
