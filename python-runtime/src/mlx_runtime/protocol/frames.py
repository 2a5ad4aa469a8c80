"""Splits a byte stream into lines and builds the lines we send; does no I/O."""

from __future__ import annotations

from typing import Literal

import msgspec

from ..wire import MAX_FRAME_BYTES, JsonRpcError

RequestId = int | str


class _Response(msgspec.Struct, frozen=True):
    id: RequestId
    result: msgspec.Struct
    jsonrpc: Literal["2.0"] = "2.0"


class _ErrorResponse(msgspec.Struct, frozen=True):
    id: RequestId | None
    error: JsonRpcError
    jsonrpc: Literal["2.0"] = "2.0"


class _Notification(msgspec.Struct, frozen=True):
    method: str
    params: msgspec.Struct
    jsonrpc: Literal["2.0"] = "2.0"


_encoder = msgspec.json.Encoder()


def _line(frame: msgspec.Struct) -> bytes:
    return _encoder.encode(frame) + b"\n"


def response(id: RequestId, result: msgspec.Struct) -> bytes:
    return _line(_Response(id, result))


def error_response(id: RequestId | None, error: JsonRpcError) -> bytes:
    return _line(_ErrorResponse(id, error))


def notification(method: str, params: msgspec.Struct) -> bytes:
    return _line(_Notification(method, params))


_KEPT_BYTES = 256


class LineDecoder:
    """Reassembles lines from whatever pieces arrive, in bounded memory.

    A line longer than the cap is dropped up to its end and counted; its
    beginning is kept, so that it can be answered.
    """

    def __init__(self, max_bytes: int = MAX_FRAME_BYTES) -> None:
        self._max_bytes = max_bytes
        self._partial = bytearray()
        self._dropping = False
        self.oversized = 0
        self._beginnings: list[bytes] = []

    def feed(self, data: bytes) -> list[bytes]:
        """Returns the non-empty lines that `data` completes, without their ends."""
        *complete, rest = data.split(b"\n")
        lines = [line for line in map(self._complete, complete) if line.strip()]
        self._extend(rest)
        return lines

    def take_oversized(self) -> list[bytes]:
        """The beginnings of the lines that were dropped since the last call."""
        taken, self._beginnings = self._beginnings, []
        return taken

    def _complete(self, tail: bytes) -> bytes:
        self._extend(tail)
        line = b"" if self._dropping else bytes(self._partial)
        self._partial.clear()
        self._dropping = False
        return line

    def _extend(self, piece: bytes) -> None:
        if self._dropping:
            return
        # One byte of the cap belongs to the newline.
        if len(self._partial) + len(piece) >= self._max_bytes:
            self.oversized += 1
            self._dropping = True
            self._beginnings.append(bytes((self._partial + piece)[:_KEPT_BYTES]))
            self._partial = bytearray()
            return
        self._partial += piece
