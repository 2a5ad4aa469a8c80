"""Reads frames from the parent and starts what they ask for."""

from __future__ import annotations

import logging
import os

from .errors import INVALID_REQUEST, RpcError
from .protocol.frames import LineDecoder
from .protocol.parsing import InvalidRequest, parse_invocation, parse_params, request_id
from .serving.methods import Methods
from .serving.replies import Replies
from .wire import MAX_FRAME_BYTES

_log = logging.getLogger(__name__)

_CHUNK_BYTES = 1024 * 1024


class Reader:
    """A bad line is counted and answered; the next one is read as if nothing had happened."""

    def __init__(self, descriptor: int, replies: Replies) -> None:
        self._descriptor = descriptor
        self._replies = replies
        self._lines = LineDecoder()
        self._malformed = 0

    @property
    def malformed_frames(self) -> int:
        return self._malformed + self._lines.oversized

    def run(self, methods: Methods) -> None:
        """Returns when the parent closed its end."""
        while data := os.read(self._descriptor, _CHUNK_BYTES):
            for line in self._lines.feed(data):
                self._handle(line, methods)
            for beginning in self._lines.take_oversized():
                self._refuse(beginning)

    def _handle(self, line: bytes, methods: Methods) -> None:
        try:
            invocation = parse_invocation(line)
        except InvalidRequest as invalid:
            self._count_malformed()
            self._replies.fail(invalid.id, invalid.error)
            return
        if invocation.id is not None:
            with self._replies.failing(invocation.id):
                methods.request(invocation.id, invocation.method, parse_params(invocation))
            return
        try:
            methods.notify(parse_params(invocation))
        except RpcError:
            self._count_malformed()

    def _refuse(self, beginning: bytes) -> None:
        """`beginning`: of a line that is longer than a line may be."""
        message = f"The request is longer than {MAX_FRAME_BYTES} bytes: send less"
        self._replies.fail(request_id(beginning), RpcError(INVALID_REQUEST, message))

    def _count_malformed(self) -> None:
        self._malformed += 1
        # A flood of bad lines must not become a flood of log lines.
        if self._malformed & (self._malformed - 1) == 0:
            _log.warning("skipped %d malformed frames so far", self.malformed_frames)
