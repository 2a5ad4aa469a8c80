"""Answers to requests, from whichever thread has them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager

import msgspec

from ..errors import INTERNAL_ERROR, INVALID_PARAMS, Failure, RpcError
from ..generation import Refused
from ..protocol.frames import RequestId, error_response, response
from ..wire import MAX_FRAME_BYTES, JsonRpcError

_log = logging.getLogger(__name__)

_TOO_LONG = f"The answer would be longer than {MAX_FRAME_BYTES} bytes: ask for less at once"


class Replies:
    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send

    def succeed(self, id: RequestId, result: msgspec.Struct) -> None:
        line = response(id, result)
        if len(line) > MAX_FRAME_BYTES:
            self.fail(id, RpcError(INVALID_PARAMS, _TOO_LONG, type="unsupported_parameter"))
        else:
            self._send(line)

    def fail(self, id: RequestId | None, error: RpcError) -> None:
        """`id`: None where nobody can tell whose request it was."""
        body = JsonRpcError(code=error.code, message=error.message, data=error.data)
        self._send(error_response(id, body))

    def refuse(self, id: RequestId, failure: Failure) -> None:
        body = JsonRpcError(code=failure.code, message=failure.message, data={"type": failure.type})
        self._send(error_response(id, body))

    @contextmanager
    def failing(
        self, id: RequestId, clean_up: Callable[[], None] = lambda: None
    ) -> Generator[None]:
        """Answers with an error whatever is raised inside, so that every request is answered.

        `clean_up` runs before that answer: whoever reads it may try again at once.
        """
        try:
            yield
        except RpcError as error:
            clean_up()
            self.fail(id, error)
        except Refused as refused:
            clean_up()
            self.refuse(id, refused.failure)
        # A defect of ours must not leave a caller waiting. Its message may hold
        # parts of the request, so only its kind is told.
        except Exception as error:
            clean_up()
            _log.exception("a request failed")
            self.fail(id, RpcError(INTERNAL_ERROR, f"Internal error: {type(error).__name__}"))
