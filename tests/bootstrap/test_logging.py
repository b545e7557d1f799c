"""The log is one JSON object a line, whoever speaks."""

import asyncio
import json
import logging
import sys
from uuid import UUID

import pytest
import structlog

from chimera.bootstrap.logging import LibraryLines, configure, is_worth_a_line, teller
from chimera.bootstrap.settings import Settings
from chimera.gateway.stages.observe import CallLine, tell


def record_of(error: BaseException) -> logging.LogRecord:
    try:
        raise error
    except BaseException:  # noqa: BLE001 (as a library logs it)
        return logging.LogRecord("uvicorn.error", logging.ERROR, __file__, 1, "It %s\n", ("broke",), sys.exc_info())


def test_what_a_library_says_is_one_json_object_a_line() -> None:
    line = LibraryLines().format(record_of(ValueError("odd\nly")))
    assert "\n" not in line
    told = json.loads(line)
    assert (told["logger"], told["level"], told["message"]) == ("uvicorn.error", "error", "It broke\n")
    assert told["timestamp"].endswith("+00:00")
    assert "ValueError: odd" in told["exception"]


def test_an_answer_that_a_stop_cuts_off_is_no_error() -> None:
    assert is_worth_a_line(record_of(ValueError("x")))
    assert not is_worth_a_line(record_of(asyncio.CancelledError("timeout graceful shutdown exceeded")))


def line_of(outcome: str) -> CallLine:
    return CallLine(
        tenant=UUID(int=7),
        target="openai/gpt-5",
        outcome=outcome,
        attempts=1,
        input_tokens=2,
        output_tokens=3,
        first_token_ms=None,
        total_ms=1.5,
    )


@pytest.mark.parametrize("outcome", ["ok", "cancelled", "provider_timeout"])
def test_the_quick_way_writes_the_line_of_a_call_as_structlog_writes_it(
    capfdbinary: pytest.CaptureFixture[bytes], outcome: str
) -> None:
    configure(Settings(log_format="json"))
    with structlog.contextvars.bound_contextvars(request_id="req_1"):
        tell(line_of(outcome))
        teller()(line_of(outcome))
    slow, quick = (json.loads(line) for line in capfdbinary.readouterr().err.splitlines())
    assert slow.pop("timestamp")[-1] == quick.pop("timestamp")[-1] == "Z"
    assert list(slow.items()) == list(quick.items())
    assert (quick["event"], quick["request_id"], quick["outcome"]) == ("gateway.call", "req_1", outcome)
    assert quick["level"] == ("warning" if outcome == "provider_timeout" else "info")


def test_calls_are_told_from_the_level_on_that_was_chosen(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    configure(Settings(log_format="json", log_level="warning"))
    for outcome in ("ok", "provider_timeout"):
        teller()(line_of(outcome))
    (line,) = capfdbinary.readouterr().err.splitlines()
    assert json.loads(line)["outcome"] == "provider_timeout"


def test_a_log_for_people_tells_of_calls_as_of_all_else(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    configure(Settings(log_format="console"))
    teller()(line_of("ok"))
    line = capfdbinary.readouterr().err
    assert b"gateway.call" in line
    assert not line.startswith(b"{")
