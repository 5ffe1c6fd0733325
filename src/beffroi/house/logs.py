"""Logs of our processes: one line an event, instants in UTC, names and figures, never a secret."""

from __future__ import annotations

import logging
import sys

import structlog

from beffroi.foundation import settings as configuration

#: Fields that are never written, whoever passes them.
SECRET = frozenset({"token", "password", "secret", "key", "authorization", "cookie", "content"})


def _without_secrets(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    for name in SECRET & event.keys():
        event[name] = "(hidden)"
    return event


def configure(process: str) -> None:
    """Write to standard error as the settings ask: for people on a terminal, as JSON elsewhere."""
    level = logging.getLevelNamesMapping().get(configuration.current().log_level.upper(), logging.INFO)
    shown: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    )
    structlog.contextvars.bind_contextvars(process=process)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_secrets,
            structlog.processors.format_exc_info,
            shown,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(level, logging.WARNING), format="%(levelname)s %(name)s: %(message)s")
