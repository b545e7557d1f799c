"""What a provider reports is clamped to what can be."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from chimera.llm import Billing, Usage, added, sane

COUNTS = st.integers(-(2**70), 2**70)
BILLINGS = st.builds(
    Billing,
    tier=st.text(),
    input_audio_tokens=COUNTS,
    web_searches=COUNTS,
    cost_nusd=st.none() | COUNTS,
)
USAGES = st.builds(
    Usage,
    input_tokens=COUNTS,
    output_tokens=COUNTS,
    cached_tokens=COUNTS,
    reasoning_tokens=COUNTS,
    billing=st.none() | BILLINGS,
)


@given(USAGES)
def test_no_count_is_negative_or_larger_than_a_column_holds(reported: Usage) -> None:
    *counts, told = astuple(sane(reported))
    assert all(0 <= count < 2**31 for count in counts)
    if told is not None:
        assert 0 <= told.input_audio_tokens < 2**31
        assert 0 <= told.web_searches < 2**31
        assert told.cost_nusd is None or 0 <= told.cost_nusd <= 2**53
        assert len(told.tier) <= 20
        assert told.tier.isascii()


def test_a_plain_report_stays_as_it_is() -> None:
    reported = Usage(input_tokens=11, output_tokens=7, cached_tokens=3)
    assert sane(reported) is reported


def test_two_answers_together_used_what_each_used() -> None:
    assert added(Usage(input_tokens=11, output_tokens=7), Usage(input_tokens=1, cached_tokens=1)) == Usage(
        input_tokens=12, output_tokens=7, cached_tokens=1
    )
