"""Typed access to the metadata of a GGUF file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import GgufError
from .values import Value


class Metadata:
    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values

    @property
    def architecture(self) -> str:
        return self.text("general.architecture")

    def own(self, name: str) -> str:
        """The full key of one of the architecture's own values."""
        return f"{self.architecture}.{name}"

    def has(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str, default: str | None = None) -> str:
        return self._typed(key, str, "a string", default)

    def texts(self, key: str) -> list[str]:
        values = self._typed(key, list, "a list of strings", None)
        if not all(isinstance(value, str) for value in values):
            raise GgufError(f"GGUF key '{key}' is not a list of strings")
        return values

    def numbers(self, key: str) -> list[float]:
        values = self._typed(key, list, "a list of numbers", None)
        if not all(isinstance(value, int | float) for value in values):
            raise GgufError(f"GGUF key '{key}' is not a list of numbers")
        return values

    def integer(self, key: str, default: int | None = None) -> int:
        return int(self._typed(key, (int, float), "a number", default))

    def number(self, key: str, default: float | None = None) -> float:
        """A float32, as the shortest decimal that names it: 1e-05, not 9.99999974e-06."""
        return float(f"{self._typed(key, (int, float), 'a number', default):.7g}")

    def flag(self, key: str, *, default: bool) -> bool:
        return bool(self._typed(key, (bool, int), "a flag", default))

    def _typed(self, key: str, kind: Any, named: str, default: Any) -> Any:
        value: Any = self._values.get(key, default)
        if value is None:
            raise GgufError(f"GGUF key '{key}' is missing")
        if not isinstance(value, kind):
            raise GgufError(f"GGUF key '{key}' is not {named}")
        return value
