"""What whoever writes the rules of one kind of value needs of the writer of all kinds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from .conjunction import Conjunction
from .json_text import Escapes
from .languages import Language
from .rules import Rules


class PartsWriter(Protocol):
    rules: Rules
    likely: Escapes
    all: Escapes
    comma: str
    colon: str

    def tell(self, part: dict[str, Any], keyword: str, why: str = "") -> None: ...

    def value(self, conjunction: Conjunction) -> str:
        """The name of a rule; raises Impossible."""
        ...

    def fits(self, value: Any, conjunction: Conjunction) -> bool: ...

    def is_possible(self, conjunction: Conjunction) -> bool:
        """False where it is certain that no value follows."""
        ...

    def texts_of(self, conjunction: Conjunction) -> Sequence[str] | None:
        """The only texts that follow a schema; None: they are not listed."""
        ...

    def union(self, names: Sequence[str]) -> str: ...

    def listed(self, name: str, least: int, most: int | None, *, first: bool) -> str:
        """Elements with commas between them. `first`: nothing is before them."""
        ...

    def opening(self, bracket: str) -> str: ...

    def closing(self, bracket: str) -> str: ...

    def key(self, name: str) -> str: ...

    @property
    def any_key(self) -> str: ...

    def language(self, language: Language, *, negative: bool = False) -> str:
        """A terminal's name, or what is not of it."""
        ...

    def name_of(self, conjunction: Conjunction) -> str | None:
        """A terminal's name for the strings that follow a schema; None: no text does."""
        ...
