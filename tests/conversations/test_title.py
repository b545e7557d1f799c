"""Titles are short, end between words, and work in every script."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chimera.conversations.title import LIMIT, folded, title_of


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Why is the sky blue?", "Why is the sky blue?"),
        ("  Why\n\nis\tthe sky blue?  ", "Why is the sky blue?"),
        ("word " * 40, "word word word word word word word word word word word word…"),
        ("Please explain, in the simplest words that you can find, why the sky is blue", None),
        ("为" * 80, "为" * 60 + "…"),
        ("a\x00b\x07c", "a b c"),
        ("", ""),
    ],
)
def test_a_title_is_the_beginning_of_what_was_said(said: str, title: str | None) -> None:
    made = title_of(said)
    if title is None:
        assert made == "Please explain, in the simplest words that you can find, why…"
    else:
        assert made == title


def test_a_title_does_not_cut_through_a_character_made_of_several_code_points() -> None:
    family = "👨\u200d👩\u200d👧"
    assert title_of(family * 20, limit=12) == family * 2 + "…"
    assert title_of("e\u0301" * 40, limit=11) == "e\u0301" * 5 + "…"


@given(st.text())
def test_any_text_makes_a_title_of_one_line_that_can_be_stored(said: str) -> None:
    made = title_of(said)
    assert len(made) <= LIMIT + 1
    assert made == " ".join(made.split())
    assert not any(unicodedata.category(character) == "Cc" for character in made)


def test_titles_are_compared_without_case_in_every_script() -> None:
    assert folded("ÄRGER Straße ﬁne") == folded("ärger STRASSE fine")
    assert folded("ПРИВЕТ") == folded("привет")
