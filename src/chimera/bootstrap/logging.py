"""Logs: one JSON object a line, or colours where a person reads along. Never prompts, answers, keys or addresses."""

import asyncio
import logging
import sys
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog

from chimera.bootstrap.settings import Settings

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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr)
        if for_people
        else structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s") if for_people else LibraryLines())
    handler.addFilter(is_worth_a_line)
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler])


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


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _as_json(_logger: Any, _method: str, fields: Any) -> bytes:
    return msgspec.json.encode(fields, enc_hook=str)
