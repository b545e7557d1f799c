"""The parser of server-sent events gives the same events whatever the network does to the bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.wires.partitions import SIZES, cut

from chimera.wires.failure import WireError
from chimera.wires.frames.sse import SseParser

PAYLOADS = st.lists(
    st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), min_size=1), max_size=6
)
LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r"])


def events_of(pieces: list[bytes]) -> list[bytes]:
    parser = SseParser()
    return [event for piece in pieces for event in parser.feed(piece)] + parser.close()


@given(payloads=PAYLOADS, end=LINE_ENDS, sizes=SIZES)
def test_any_partition_and_line_end_gives_the_same_events(payloads: list[str], end: str, sizes: list[int]) -> None:
    body = "".join(f": ping{end}event: x{end}id: 7{end}data: {payload}{end}{end}" for payload in payloads).encode()
    assert events_of(cut(body, sizes)) == [payload.encode() for payload in payloads]


@given(body=st.text("data:x \r\n", max_size=80).map(str.encode), sizes=SIZES)
def test_arbitrary_bytes_give_the_same_events_in_any_partition(body: bytes, sizes: list[int]) -> None:
    assert events_of(cut(body, sizes)) == events_of([body])


def test_several_data_lines_are_one_event() -> None:
    assert events_of([b"data: a\ndata:b\ndata\n\n"]) == [b"a\nb\n"]


def test_a_byte_order_mark_is_skipped() -> None:
    assert events_of([b"\xef", b"\xbb\xbfdata: a\n\n"]) == [b"a"]


def test_an_event_without_its_blank_line_is_given_out_at_the_end() -> None:
    parser = SseParser()
    assert parser.feed(b"data: a\n\ndata: [DO") == [b"a"]
    assert parser.close() == [b"[DO"]


def test_a_comment_and_an_empty_event_are_nothing() -> None:
    assert events_of([b": OPENROUTER PROCESSING\n\nevent: ping\n\n"]) == []


@pytest.mark.parametrize("piece", [b"x" * 60, b"data: " + b"x" * 60 + b"\n"])
def test_an_event_over_the_limit_is_refused(piece: bytes) -> None:
    parser = SseParser(limit=100)
    parser.feed(piece)
    with pytest.raises(WireError) as refused:
        parser.feed(piece)
    assert refused.value.code == "malformed"
