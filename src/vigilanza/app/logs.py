"""Log lines for people at a console, for the journal of the system, and for no one's eyes but theirs."""

import logging
import sys
from functools import partial
from typing import TextIO, cast

import structlog

from vigilanza.app.loglines import LogLines
from vigilanza.capture.redact import redact


def set_up_logs(part: str) -> None:
    """One line per event on standard error, UTC, named for the `part` that speaks; credentials are blanked.

    Nobody waits until it is written, see LogLines.
    """
    lines = LogLines(sys.stderr.fileno())
    logging.basicConfig(level=logging.WARNING, stream=lines, format="%(asctime)s %(name)s %(message)s")
    structlog.configure(
        processors=[
            partial(_named, part),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%S.%fZ", utc=True),
            structlog.processors.format_exc_info,
            _redacted,
            structlog.dev.ConsoleRenderer(colors=lines.isatty(), pad_event_to=0, sort_keys=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, lines)),
        cache_logger_on_first_use=False,
    )


def silence_logs() -> None:
    """For short commands: what is wrong they say themselves, in one line, and their output is for programs too."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _named(part: str, _logger: object, _name: str, values: structlog.typing.EventDict) -> structlog.typing.EventDict:
    values["part"] = part
    return values


def _redacted(_logger: object, _name: str, values: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {key: redact(value) if isinstance(value, str) else value for key, value in values.items()}
