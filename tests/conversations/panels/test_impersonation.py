"""What a model writes for somebody else is cut, in whatever pieces it comes; everything else comes through."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chimera.conversations.panels.impersonation import Cutter
from chimera.conversations.panels.state import Role

OTHERS = ("Bob", "Eve", "Human")


def _heard(pieces: list[str], role: Role = "answer") -> tuple[str, str | None]:
    cutter = Cutter(own="Ada", others=OTHERS, role=role)
    shown = "".join([*map(cutter.feed, pieces), cutter.close()])
    return shown, cutter.cut


@pytest.mark.parametrize(
    ("answer", "shown", "cut"),
    [
        ("It scatters.", "It scatters.", None),
        ("⟦Ada⟧\nIt scatters.", "It scatters.", None),
        ("Ada: It scatters.", "It scatters.", None),
        ("**Ada:** It scatters.", "** It scatters.", None),
        ("It scatters.\n⟦Bob⟧\nNo.", "It scatters.\n", "Bob"),
        ("It scatters.\n⟦Stranger⟧\nNo.", "It scatters.\n", "Stranger"),
        ("It scatters.\n[Bob]\nNo.", "It scatters.\n", "Bob"),
        ("It scatters.\n\nbob: No.", "It scatters.\n\n", "Bob"),
        ("It scatters.\r**Human:** Thanks.", "It scatters.\r", "Human"),
        ("Human: Thanks.", "", "Human"),
        ("Bob, you are right: it does.\nBobby: x", "Bob, you are right: it does.\nBobby: x", None),
        ("- a\n- b\n\n```\n[server]\n```\n", "- a\n- b\n\n```\n[server]\n```\n", None),
        ("⟦Bob", "", "Bob"),
        ("Bob", "Bob", None),
    ],
)
def test_an_answer_ends_where_it_goes_on_for_somebody_else(answer: str, shown: str, cut: str | None) -> None:
    assert _heard([answer]) == (shown, cut)
    assert _heard(list(answer)) == (shown, cut)


def test_whoever_reports_may_list_the_others_by_name_but_write_no_header() -> None:
    report = "Bob: says no.\nEve: says yes.\n"
    assert _heard([report], "synthesis") == (report, None)
    assert _heard([report + "⟦Bob⟧\nNo."], "synthesis") == (report, "Bob")


@given(text=st.text(alphabet="AdaBob:⟦⟧[]* \n\rx", max_size=60), cuts=st.lists(st.integers(0, 60), max_size=6))
def test_in_whatever_pieces_an_answer_comes_the_same_is_shown(text: str, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(places)]
    assert _heard(pieces) == _heard([text])


@given(text=st.text(max_size=80))
def test_what_is_shown_begins_no_line_with_a_header(text: str) -> None:
    shown, _ = _heard(["x\n", text, "\n⟦Bob⟧\nNo."])
    assert not [line for line in shown.splitlines() if line.startswith("⟦") and not line.startswith("⟦Ada⟧")]
    assert "No." not in shown.replace(text, "")
