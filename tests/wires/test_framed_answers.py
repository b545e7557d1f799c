"""Whatever the network does to an answer, every wire hears the same, and takes no broken answer for a whole one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.wires.decoding import decode, heard_before_breaking, spoilt, survives, without_id
from tests.wires.foreign import Wire, every_wire

from chimera.llm import fold
from chimera.wires.failure import WireError


@every_wire
@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_the_partition_of_the_body_does_not_matter(wire: Wire, size: int) -> None:
    body = b"".join(wire.talk)
    assert without_id(decode(wire.decoder(), body, size)) == without_id(decode(wire.decoder(), body))


@every_wire
def test_a_stream_that_is_cut_is_no_answer(wire: Wire) -> None:
    for count in range(len(wire.talk) - wire.spare):
        decoder = wire.decoder()
        decoder.feed(b"".join(wire.talk[:count]))
        with pytest.raises(WireError) as cut:
            decoder.close()
        assert cut.value.code == "cut"


@every_wire
def test_a_body_that_ends_in_the_middle_of_a_frame_was_cut(wire: Wire) -> None:
    for frame in wire.talk:
        decoder = wire.decoder()
        decoder.feed(wire.talk[0])
        decoder.feed(frame.strip()[:-1])
        with pytest.raises(WireError) as cut:
            decoder.close()
        assert cut.value.code == "cut"


@every_wire
def test_a_last_frame_without_its_end_is_heard(wire: Wire) -> None:
    body = b"".join(wire.talk)
    assert without_id(decode(wire.decoder(), body.rstrip(b"\n"))) == without_id(decode(wire.decoder(), body))


@every_wire
def test_what_was_heard_before_the_break_is_not_lost_in_any_partition(wire: Wire) -> None:
    for broken in wire.breaks:
        body = wire.hello + broken
        whole = heard_before_breaking(wire.decoder(), body)
        assert fold(whole).text == "Hello"
        assert without_id(heard_before_breaking(wire.decoder(), body, 1)) == without_id(whole)


@every_wire
def test_a_page_is_recognised_at_its_first_byte(wire: Wire) -> None:
    with pytest.raises(WireError) as refused:
        wire.decoder().feed(b"\r\n <")
    assert refused.value.code == "malformed"


@every_wire
@settings(deadline=None, max_examples=60)
@given(pieces=st.lists(st.binary(max_size=80), max_size=5))
def test_no_bytes_break_the_decoder(wire: Wire, pieces: list[bytes]) -> None:
    survives(wire.decoder(), pieces)


@every_wire
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_no_damage_breaks_the_decoder(wire: Wire, data: st.DataObject) -> None:
    survives(wire.decoder(), [data.draw(spoilt(b"".join(wire.talk)))])
