"""Python's logging on its way to the host's log."""

import json
import logging
import os
import sys
import traceback
from datetime import UTC, datetime

TRACE = 5


def configure_logging() -> None:
    """One line of JSON on standard error for each record, in the form of HashiCorp's hclog.

    Records below the level of EASYREST_PLUGIN_LOG_LEVEL (trace, debug, info, warn, error, off; default info) are left
    out. A program that has configured logging before is left as it is.
    """
    logging.addLevelName(TRACE, "TRACE")
    root = logging.getLogger()
    if root.handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(HclogFormatter())
    root.addHandler(handler)
    root.setLevel(levels.get(os.environ.get("EASYREST_PLUGIN_LOG_LEVEL", "").lower(), logging.INFO))


levels = {
    "trace": TRACE,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "error": logging.ERROR,
    "off": logging.CRITICAL + 1,
}


class HclogFormatter(logging.Formatter):
    """A Go host dies of an @-field that is not a text, and reads only timestamps of exactly six digits."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "@level": level_name(record.levelno),
            "@message": record.getMessage(),
            "@module": record.name,
            "@timestamp": datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        if record.exc_info is not None and record.exc_info[0] is not None:
            line["error"] = "".join(traceback.format_exception(*record.exc_info))
        # Fields that the author added with `extra`.
        own = {name: value for name, value in record.__dict__.items() if name not in usual and name[:1] != "@"}
        return json.dumps({**own, **line}, default=str)


usual = frozenset([*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName"])


def level_name(number: int) -> str:
    names = [name for name, level in levels.items() if level <= max(number, TRACE) and name != "off"]
    return names[-1]
