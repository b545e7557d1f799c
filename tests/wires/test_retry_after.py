"""Every provider's way to say when to come back."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chimera.wires.retry_after import duration_s, retry_after_s

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "Fri, 20 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Fri, 20 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"x-ratelimit-reset-requests": "6m0s"}, 360.0),
        ({"x-ratelimit-reset-requests": "6m0s", "x-ratelimit-remaining-requests": "5"}, None),
        (
            {
                "x-ratelimit-reset-requests": "6m0s",
                "x-ratelimit-remaining-requests": "5",
                "x-ratelimit-reset-tokens": "120ms",
                "x-ratelimit-remaining-tokens": "0",
            },
            0.12,
        ),
        ({"anthropic-ratelimit-requests-reset": "2026-11-20T12:00:05Z"}, 5.0),
        ({"x-ratelimit-reset": str(int(NOW.timestamp() * 1000) + 7000)}, 7.0),
        ({}, None),
    ],
)
def test_a_rate_limit_tells_when_it_ends(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(429, headers, now=NOW) == (None if seconds is None else pytest.approx(seconds))


def test_resets_of_rate_limits_say_nothing_about_other_failures() -> None:
    assert retry_after_s(500, {"x-ratelimit-reset-requests": "6m0s"}, now=NOW) is None


def test_the_answers_own_date_is_the_clock() -> None:
    headers = {"retry-after": "Fri, 20 Nov 2020 12:00:30 GMT", "date": "Fri, 20 Nov 2020 12:00:00 GMT"}
    assert retry_after_s(503, headers) == 30.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("6m0s", 360.0), ("1h2m3.5s", 3723.5), ("250ms", 0.25), ("34.07s", 34.07), ("12.5", 12.5), ("1d", 86400.0)],
)
def test_a_duration_is_read(text: str, seconds: float) -> None:
    assert duration_s(text) == pytest.approx(seconds)


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_header_breaks_the_reader(first: str, second: str) -> None:
    headers = {"retry-after": first, "x-ratelimit-reset-tokens": second, "date": first}
    seconds = retry_after_s(429, headers)
    assert seconds is None or seconds >= 0
