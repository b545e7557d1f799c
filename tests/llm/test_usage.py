"""What a provider reports is clamped to what can be."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from chimera.llm import Usage, sane

COUNTS = st.integers(-(2**70), 2**70)


@given(st.builds(Usage, input_tokens=COUNTS, output_tokens=COUNTS, cached_tokens=COUNTS, reasoning_tokens=COUNTS))
def test_no_count_is_negative_or_larger_than_a_column_holds(reported: Usage) -> None:
    assert all(0 <= count < 2**31 for count in astuple(sane(reported)))


def test_a_plain_report_stays_as_it_is() -> None:
    reported = Usage(input_tokens=11, output_tokens=7, cached_tokens=3)
    assert sane(reported) is reported
