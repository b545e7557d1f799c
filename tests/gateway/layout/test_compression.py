"""Less is sent and the same is said: code, quotations and JSON keep their meaning to the letter."""

import json

from hypothesis import given
from hypothesis import strategies as st

from chimera.gateway.layout.compression import compressed, minified, tidied, without_repeats
from chimera.llm import Message, Request, Text, ToolResult

PARAGRAPH = "The committee met in the small hall and agreed, after a long debate, to repair the old bridge. " * 3

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
lines = st.lists(
    st.sampled_from(["a  b", "", "  ", "```", "~~~", '"x', 'y"', "| a |  b |", "    code  x", "w   w", "“a", "b”"]),
    max_size=14,
)


@given(st.lists(documents, min_size=1) | st.dictionaries(st.text(), documents), st.sampled_from([None, 0, 2, "\t"]))
def test_json_loses_its_blanks_and_nothing_else(document: object, indent: int | str | None) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=False)
    shorter = minified(f" {text}\n")
    assert shorter is not None
    assert json.loads(shorter) == document
    assert len(shorter) <= len(text)


def test_json_keeps_numbers_members_and_escapes_to_the_letter() -> None:
    text = '{ "a": 1.0,\n "a": 10000000000000000000001, "b": "two  words \\u00e9 \\" x", "c": 1e5 }'
    assert minified(text) == '{"a":1.0,"a":10000000000000000000001,"b":"two  words \\u00e9 \\" x","c":1e5}'
    for other in ("hello", "{broken", "12", "", "[1, 2", '{"a": }'):
        assert minified(other) is None


@given(lines)
def test_words_and_their_order_stay(said: list[str]) -> None:
    text = "\n".join(said)
    assert tidied(text).split() == text.split()
    assert tidied(tidied(text)) == tidied(text)


@given(lines, lines)
def test_code_stays_to_the_letter(before: list[str], code: list[str]) -> None:
    inside = "\n".join(line for line in code if not line.startswith(("```", "~~~")))
    prose = "\n".join(line for line in before if not line.startswith(("```", "~~~")))
    fenced = f"```py\n{inside}\n```\n"
    assert fenced in tidied(f"{prose}\n{fenced}after  it")


def test_quotations_stay_to_the_letter_over_several_lines() -> None:
    quoted = 'He said: "two  blanks\n\n\nand   empty lines" and left.'
    assert tidied(quoted) == quoted
    assert tidied("but  here\n\n\n\nnot") == "but here\n\nnot"


def test_what_was_said_before_becomes_a_pointer_but_not_in_code() -> None:
    seen: set[str] = set()
    assert without_repeats(PARAGRAPH, seen) == PARAGRAPH
    again = without_repeats(f"See:\n\n{PARAGRAPH}\n\nThanks", seen)
    assert again == f"See:\n\n[As above: {PARAGRAPH[:48].rstrip()} …]\n\nThanks"
    fenced = f"```\n{PARAGRAPH}\n\n{PARAGRAPH}\n```\n"
    assert without_repeats(fenced, {PARAGRAPH}) == fenced


def said(role: str, *texts: str) -> Message:
    return Message(role=role, parts=tuple(Text(text=text) for text in texts))  # type: ignore[arg-type]  # a role


def test_a_conversation_is_compressed_alike_when_it_goes_on() -> None:
    """Else no prompt cache would ever hold."""
    messages = [said("user", PARAGRAPH), said("assistant", "Well  then"), said("user", f"{PARAGRAPH}\n\nWhy?")]
    result = ToolResult(call_id="1", parts=(Text(text='{ "a":  1 }'),))
    messages += [Message(role="tool", parts=(result,)), said("user", f"{PARAGRAPH}  And  now?")]
    longer = [*messages, said("assistant", "So."), said("user", "Go on")]
    one, other = (compressed(Request(model="m", messages=tuple(each))).messages for each in (messages, longer))
    assert one[:4] == other[:4]
    assert one[1] == messages[1], "what the model said stays as it was"
    assert one[4] == messages[4], "and so does the last question"
    assert "[As above" in one[2].parts[0].text  # type: ignore[union-attr]  # a text
    assert one[3].parts[0].parts[0].text == '{"a":1}'  # type: ignore[union-attr]  # a tool's result


def test_what_is_short_already_is_the_same_object() -> None:
    request = Request(model="m", messages=(said("user", "Hi"), said("user", "there")))
    assert compressed(request) is request
