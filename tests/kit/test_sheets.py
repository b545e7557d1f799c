"""Rows for spreadsheets: as they were, and no formulas."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chimera.kit.sheets import csv_rows, harmless

CELLS = st.text(st.characters(exclude_categories=["Cs"]).filter(lambda c: c != "\0"))


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4)))
def test_what_is_written_is_read_again(rows: list[list[str]]) -> None:
    assert list(csv.reader(io.StringIO(csv_rows(rows), newline=""))) == rows


def test_nothing_is_an_empty_cell_and_a_line_ends_as_the_standard_says() -> None:
    assert csv_rows([["a", None, 3]]) == "a,,3\r\n"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_text_is_no_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_other_texts_stay_as_they_are() -> None:
    assert [harmless(text) for text in ("", "a=1", "gpt-5", "'=1")] == ["", "a=1", "gpt-5", "'=1"]
