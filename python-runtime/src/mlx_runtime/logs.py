"""Structured logs: JSON lines on stderr, and `log` notifications for the parent.

Texts of prompts and answers are never logged.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Callable
from typing import Literal

import msgspec

from .protocol.frames import notification
from .wire import LogParams

_LEVELS: dict[str, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "error": logging.ERROR,
}
_NAMES: dict[int, Literal["debug", "info", "warn", "error"]] = {
    logging.DEBUG: "debug",
    logging.INFO: "info",
    logging.WARNING: "warn",
    logging.ERROR: "error",
    logging.CRITICAL: "error",
}


def configure_logs(send: Callable[[bytes], None]) -> None:
    """Level from MLX_LOG_LEVEL: debug, info (the default), warn or error."""
    wanted = os.environ.get("MLX_LOG_LEVEL", "info").lower()
    root = logging.getLogger()
    root.setLevel(_LEVELS.get(wanted, logging.INFO))
    root.handlers = [_StderrHandler(), _NotificationHandler(send)]
    if wanted not in _LEVELS:
        root.warning("MLX_LOG_LEVEL=%s is unknown: use one of %s", wanted, ", ".join(_LEVELS))


class _StderrHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        line: dict[str, object] = {
            "time": record.created,
            "level": _NAMES.get(record.levelno, "info"),
            "logger": record.name,
            "thread": record.threadName,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = "".join(traceback.format_exception(*record.exc_info))
        sys.stderr.write(msgspec.json.encode(line).decode() + "\n")
        sys.stderr.flush()


class _NotificationHandler(logging.Handler):
    def __init__(self, send: Callable[[bytes], None]) -> None:
        super().__init__()
        self._send = send

    def emit(self, record: logging.LogRecord) -> None:
        level = _NAMES.get(record.levelno, "info")
        fields: dict[str, object] = {"logger": record.name}
        params = LogParams(level=level, message=record.getMessage(), fields=fields)
        self._send(notification("log", params))
