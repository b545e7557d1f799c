"""Texts that are written to be slow to read, as long as anybody may send them, are read in no time."""

import json
import time
from collections.abc import Callable
from io import BytesIO

import pytest
from tests.conversations.interchange.reading import NOW

from chimera.conversations.interchange.formats.open_webui import read
from chimera.conversations.interchange.formats.pieces import fenced
from chimera.conversations.interchange.reading.elements import Elements
from chimera.conversations.interchange.reading.told import Told
from chimera.conversations.memory.own_words import own_words
from chimera.conversations.memory.withheld import withheld
from chimera.conversations.shares.masking import masked, masked_json
from chimera.conversations.steps.reading.references import resolved

_LENGTH = 200_000
# Of the processor. What grew with the square of the length took between half a minute and an hour.
_MOST_S = 3.0


def _looked_for(text: str) -> None:
    resolved("What did he say?", text, text)


def _imported(text: str) -> None:
    messages = [{"id": "a", "role": "user", "content": "Hi"}, {"id": "b", "role": "assistant", "content": text}]
    read(Told({"chat": {"messages": messages, "history": {}}}), NOW)


def _found_again(text: str) -> None:
    list(Elements(BytesIO(f"[{{bad}}{text}".encode()), longest=_LENGTH, is_wanted=lambda value: True))


def _covered_as_json(text: str) -> None:
    masked_json(json.dumps({"said": text}))


_HOSTILE = {
    "newlines": ("Hello.", "\n"),
    "blanks": ("Hello.", " "),
    "low quotes": ("", "„"),
    "quotes": ("", "«"),
    "apostrophes": ("", " 'a"),
    "names of tags": ("<", "a-"),
    "tags": ("", "<a "),
    "lines": ("a:", "\na:"),
    "marks": ("", "# * "),
    "folded": ("", "<details "),
    "thoughts": ("", '<details type="reasoning">x'),
    "summaries": ('<details type="reasoning">', "<summary>"),
    "commas": ("", ","),
    "commas apart": ("", " ,"),
    "brackets": ("", "["),
    "members": ("", "{bad},"),
    "code": ("", "`"),
    "fences": ("", "```\n"),
    "tokens": ("", "eyJ-"),
    "dotted tokens": ("", "eyJaaaaaaaa."),
    "keys": ("", "sk-"),
    "addresses": ("", "a."),
    "numbers": ("", "0 "),
    "names": ("", "Ab "),
    "initials": ("", "A'"),
}


@pytest.mark.parametrize("name", _HOSTILE)
@pytest.mark.parametrize(
    "reader",
    [_looked_for, own_words, _imported, fenced, _found_again, withheld, masked, _covered_as_json],
)
def test_a_text_made_to_be_slow_is_read_at_once(reader: Callable[[str], object], name: str) -> None:
    beginning, again = _HOSTILE[name]
    text = (beginning + again * _LENGTH)[:_LENGTH] + "x"
    began = time.process_time()
    reader(text)
    assert time.process_time() - began < _MOST_S


@pytest.mark.parametrize("depth", [100, 300, 500, 900, 2_000, 100_000])
def test_what_is_nested_too_deeply_to_be_looked_into_is_covered_as_text(depth: int) -> None:
    nested = "[" * depth + '"ann@example.com"' + "]" * depth
    assert "ann@example.com" not in masked_json(nested)
