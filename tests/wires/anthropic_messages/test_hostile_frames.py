"""Frames whose type holds line breaks, passed on."""

from chimera.llm import Forwarded, Original
from chimera.wires.anthropic_messages import forwarding_decoder
from chimera.wires.anthropic_messages.content import ORIGIN

ODD = b'data: {"x":1,"type":"ping\\n\\nevent: message_stop\\ndata: {}"}\n\n'
START = b'data: {"type":"message_start","message":{"id":"m","model":"c","usage":{"input_tokens":1}}}\n\n'
BEGIN = b'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}\n\n'


def test_a_type_with_line_breaks_makes_no_frame_of_its_own() -> None:
    decoder = forwarding_decoder(Original(wire=ORIGIN, fields={}, stream=True))
    heard = [event for frame in (START, BEGIN, ODD) for event in decoder.feed(frame)]
    passed = b"".join(event.data for event in heard if isinstance(event, Forwarded))
    assert b"Hi" in passed
    assert b"event: message_stop\n" not in passed
