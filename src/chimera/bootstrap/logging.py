"""Logs: one JSON object a line, or colours where a person reads along. Never prompts, answers, keys or addresses."""

import logging
import sys
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
    logging.basicConfig(
        level=max(level, logging.WARNING), stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )


def _as_json(_logger: Any, _method: str, fields: Any) -> bytes:
    return msgspec.json.encode(fields, enc_hook=str)
