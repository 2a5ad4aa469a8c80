"""Typed reading of the key-value block of a GGUF file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import mlx.core as mx

Value = str | list[str] | mx.array


class GgufError(ValueError):
    """The file lacks something the conversion needs, or is of an unknown kind."""


class GgufMetadata:
    """The metadata `mx.load(path, return_metadata=True)` returns, read by type."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values

    def has(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str) -> str:
        value = self._value(key)
        if not isinstance(value, str):
            raise GgufError(f"GGUF key '{key}' is not a string")
        return value

    def texts(self, key: str) -> list[str]:
        value = self._value(key)
        if not isinstance(value, list):
            raise GgufError(f"GGUF key '{key}' is not a list of strings")
        return value

    def integer(self, key: str, default: int | None = None) -> int:
        return int(self._scalar(key, default))

    def number(self, key: str, default: float | None = None) -> float:
        """A float32, as the shortest decimal that names it: 1e-05, not 9.99999974e-06."""
        return float(f"{self._scalar(key, default):.7g}")

    def flag(self, key: str, *, default: bool) -> bool:
        return bool(self._scalar(key, default))

    def integers(self, key: str) -> list[int]:
        value = self._value(key)
        if not isinstance(value, mx.array) or value.ndim != 1:
            raise GgufError(f"GGUF key '{key}' is not a list of numbers")
        return cast("list[int]", value.tolist())

    def _scalar(self, key: str, default: float | None) -> float:
        if default is not None and not self.has(key):
            return default
        value = self._value(key)
        if not isinstance(value, mx.array) or value.size != 1:
            raise GgufError(f"GGUF key '{key}' is not a number")
        return cast("float", value.item())

    def _value(self, key: str) -> Value:
        try:
            return self._values[key]
        except KeyError:
            raise GgufError(f"GGUF key '{key}' is missing") from None
