"""Messages over a pair of descriptors: MessagePack behind four bytes of length."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

T = TypeVar("T")

_LENGTH_BYTES = 4


class PipeWriter:
    """May be used from several threads."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._encoder = msgspec.msgpack.Encoder()
        self._lock = threading.Lock()

    def write(self, message: Struct) -> None:
        """Raises OSError when the other end is gone."""
        self.write_encoded(self._encoder.encode(message))

    def write_encoded(self, body: bytes) -> None:
        data = memoryview(len(body).to_bytes(_LENGTH_BYTES, "big") + body)
        with self._lock:
            while data:
                data = data[os.write(self._descriptor, data) :]


class PipeReader(Generic[T]):
    def __init__(self, descriptor: int, kind: type[T]) -> None:
        """`kind`: of the messages, or a union of theirs."""
        self._file = os.fdopen(descriptor, "rb")
        self._decoder = msgspec.msgpack.Decoder(kind)

    def __iter__(self) -> Iterator[T]:
        """Ends where the other end does; raises msgspec.DecodeError."""
        while len(length := self._file.read(_LENGTH_BYTES)) == _LENGTH_BYTES:
            body = self._file.read(int.from_bytes(length, "big"))
            yield self._decoder.decode(body)
