"""The log is one JSON object a line, whoever speaks."""

import asyncio
import json
import logging
import sys

from chimera.bootstrap.logging import LibraryLines, is_worth_a_line


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
