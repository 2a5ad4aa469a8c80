"""Typed reading of the values at the beginning of a GGUF file, bounded by its size.

Layout: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from .errors import GgufError

Value: TypeAlias = str | int | float | bool | list[Any]

_STRING, _ARRAY = 8, 9
_SCALARS = {
    0: "<u1",
    1: "<i1",
    2: "<u2",
    3: "<i2",
    4: "<u4",
    5: "<i4",
    6: "<f4",
    7: "?",
    10: "<u8",
    11: "<i8",
    12: "<f8",
}


class Cursor:
    """A place in the bytes of a file; raises GgufError where they end too early."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self.place = 0

    def take(self, count: int) -> memoryview:
        end = self.place + count
        if end > len(self._data):
            raise GgufError("The file was cut: it ends in the middle of its description")
        taken = self._data[self.place : end]
        self.place = end
        return taken

    def number(self, form: str) -> int:
        (value,) = struct.unpack(form, self.take(struct.calcsize(form)))
        return value

    def text(self) -> str:
        # Vocabularies of some files hold pieces of characters.
        return bytes(self.take(self.number("<Q"))).decode("utf-8", "replace")

    def value(self) -> Value:
        kind = self.number("<I")
        if kind == _STRING:
            return self.text()
        if kind == _ARRAY:
            return self._array()
        return self._numbers(kind, 1)[0]

    def _array(self) -> list[Any]:
        kind, count = self.number("<I"), self.number("<Q")
        if kind == _STRING:
            return self._many(count, self.text)
        if kind == _ARRAY:
            raise GgufError("The file has a list of lists, which no model needs")
        return self._numbers(kind, count)

    def _many(self, count: int, read: Callable[[], str]) -> list[Any]:
        values: list[Any] = []
        for _ in range(count):
            values.append(read())  # noqa: PERF401 - a count that lies ends with the file's bytes
        return values

    def _numbers(self, kind: int, count: int) -> list[Any]:
        if kind not in _SCALARS:
            raise GgufError(f"The file has a value of type {kind}, which is not known")
        dtype = np.dtype(_SCALARS[kind])
        values: list[Any] = np.frombuffer(self.take(count * dtype.itemsize), dtype).tolist()
        return values
