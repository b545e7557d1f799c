"""A refusal that is not the provider's own, a proxy's or a captive portal's, is judged by its status on every wire."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.wires.foreign import Wire, every_wire

from chimera.llm import ProviderOverloadError

FOREIGN_BODIES = [b"", b"<html>Bad gateway</html>", b"\xff\xfe", b"[]", b'{"error": 1}', b"[" * 9000]


@every_wire
@pytest.mark.parametrize("body", FOREIGN_BODIES, ids=range(len(FOREIGN_BODIES)))
def test_a_body_that_is_not_the_providers_is_judged_by_its_status(wire: Wire, body: bytes) -> None:
    failure = wire.decode_failure(502, {}, body)
    assert failure.error is ProviderOverloadError
    assert 0 < len(failure.message) <= 500
    assert "<html>" not in failure.message


@every_wire
@settings(deadline=None, max_examples=60)
@given(status=st.integers(300, 599), body=st.binary(max_size=80))
def test_no_body_breaks_the_reading_of_a_refusal(wire: Wire, status: int, body: bytes) -> None:
    assert wire.decode_failure(status, {}, body).message
