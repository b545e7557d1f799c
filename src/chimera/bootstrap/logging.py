"""Logs: one JSON object a line, or colours where a person reads along. Never prompts, answers, keys or addresses."""

import asyncio
import logging
import sys
from datetime import UTC, datetime
from typing import Any, BinaryIO

import msgspec
import structlog

from chimera.bootstrap.settings import Settings
from chimera.gateway.stages.observe import CALL, WELL, CallLine, Tell, tell
from chimera.kit.clock import utc_now

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure(settings: Settings) -> None:
    """Set structlog up for the whole process, and let the libraries' own loggers speak from `warning` on."""
    level = _LEVELS[settings.log_level]
    for_people = settings.log_format == "console" or (settings.log_format == "auto" and sys.stderr.isatty())
    ending: list[Any] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if for_people
        else [structlog.processors.format_exc_info, _as_json]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *ending,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr) if for_people else JsonLines(sys.stderr.buffer, level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s") if for_people else LibraryLines())
    handler.addFilter(is_worth_a_line)
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler])


class JsonLines(structlog.BytesLoggerFactory):
    """Makes what writes lines, and writes those of calls itself: structlog takes longer than all that is in one."""

    def __init__(self, file: BinaryIO, level: int) -> None:
        super().__init__(file)
        self._write, self._flush = file.write, file.flush
        self.tells_calls = level <= logging.INFO

    def tell(self, line: CallLine) -> None:
        """Write the same line as `observe.tell`, with what is known of the request."""
        if line.outcome not in WELL:
            tell(line)
            return
        around = {"event": CALL, **structlog.contextvars.get_contextvars(), "level": "info", "timestamp": _now()}
        # Two objects to one.
        self._write(msgspec.json.encode(line)[:-1] + b"," + msgspec.json.encode(around)[1:] + b"\n")
        self._flush()


def teller() -> Tell:
    """What tells of calls, as the log was set up."""
    lines = structlog.get_config()["logger_factory"]
    return lines.tell if isinstance(lines, JsonLines) and lines.tells_calls else tell


class LibraryLines(logging.Formatter):
    """What libraries say, in the form of our own lines: whoever reads the log as JSON reads all of it."""

    def format(self, record: logging.LogRecord) -> str:
        told = {"event": "library.said", "logger": record.name, "message": record.getMessage()}
        told |= {"level": record.levelname.lower(), "timestamp": _utc(record.created)}
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return msgspec.json.encode(told).decode()


def is_worth_a_line(record: logging.LogRecord) -> bool:
    """Not what uvicorn says of each answer that a stop cuts off after its time of grace: no one erred."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


def _now() -> str:
    # As `TimeStamper` says it.
    return utc_now().isoformat().replace("+00:00", "Z")


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _as_json(_logger: Any, _method: str, fields: Any) -> bytes:
    return msgspec.json.encode(fields, enc_hook=str)
