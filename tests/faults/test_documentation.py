"""The table in the documentation is the table that is tested."""

from pathlib import Path

from tests.fakes.faults import Fault
from tests.faults.expected import AFTER, ANSWERED, BEFORE, COMPLETE

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "faults.md"


def table() -> list[str]:
    early = [f"| {row.what} | {_once(row.once)} | `{row.always}` | the next model answers |" for row in BEFORE.values()]
    late = [
        f"| {row.what} | `{row.once}` in the stream | `{row.always}` in the stream | the same |"
        for row in AFTER.values()
    ]
    odd = [f"| {what} | {_complete(fault)} | the same | the same |" for fault, what in COMPLETE.items()]
    return early + late + odd


def _once(outcome: str) -> str:
    return "answered by the next attempt" if outcome == ANSWERED else f"`{outcome}`"


def _complete(fault: Fault) -> str:
    return "answered; Ollama: `provider_answer_malformed`" if fault is Fault.NO_END else "answered"


def test_the_page_has_every_row_of_the_matrix_and_no_other() -> None:
    matrix = PAGE.read_text(encoding="utf-8").partition("\n## What the house itself stands on")[0]
    lines = matrix.splitlines()
    rows = [line for line in lines if line.startswith("| ") and not line.startswith(("| what happens", "| ---"))]
    assert rows == table()
