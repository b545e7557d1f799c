"""Lines of a batch, in whatever pieces their file comes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.batches.house import CHAT, line
from tests.wires.partitions import SIZES, cut

from chimera.batches.errors import LineTooLongError
from chimera.batches.lines import MOST_FAULTS, MOST_LINES, Judge, LineSplitter


@given(SIZES, st.lists(st.sampled_from([b"", b"  ", b"{}", b'{"a":1}\r', b"x" * 40]), max_size=8))
def test_lines_are_the_same_in_whatever_pieces_they_come(sizes: list[int], lines: list[bytes]) -> None:
    splitter = LineSplitter(50)
    found = [one for piece in cut(b"\n".join(lines), sizes) for one in splitter.feed(piece)]
    found += splitter.close()
    assert found == [(number, one.strip()) for number, one in enumerate(lines, 1) if one.strip()]


def test_a_line_that_is_too_long_is_not_gathered() -> None:
    splitter = LineSplitter(10)
    assert list(splitter.feed(b"x" * 10 + b"\n" + b"y" * 10)) == [(1, b"x" * 10)]
    with pytest.raises(LineTooLongError) as caught:
        list(splitter.feed(b"y"))
    assert caught.value.number == 2


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    splitter = LineSplitter(50)
    assert list(splitter.feed(b"\xef\xbb\xbf{}\n")) == [(1, b"{}")]


def test_a_batch_has_only_so_many_lines_and_only_so_many_faults_are_told() -> None:
    judge = Judge(CHAT)
    for number in range(MOST_LINES):
        judge.look_at(number + 1, line(str(number)))
    assert not judge.has_seen_enough
    judge.look_at(MOST_LINES + 1, line("one more"))
    assert judge.has_seen_enough
    assert [(fault.code, fault.line) for fault in judge.verdict()] == [("too_many_requests", MOST_LINES + 1)]
    judge = Judge(CHAT)
    for number in range(500):
        judge.look_at(number, b"{")
    assert len(judge.verdict()) == MOST_FAULTS
    assert judge.has_seen_enough


@given(st.text(min_size=1, max_size=20).map(json.dumps))
def test_any_name_will_do_once(name: str) -> None:
    judge = Judge(CHAT)
    asked = f'{{"custom_id":{name},"method":"POST","url":"{CHAT}","body":{{}}}}'.encode()
    for number in (1, 2):
        judge.look_at(number, asked)
    assert [(fault.code, fault.line) for fault in judge.verdict()] == [("duplicate_custom_id", 2)]
