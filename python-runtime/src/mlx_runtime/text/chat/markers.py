"""The texts of a tokenizer's special tokens, and where they are in other texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping


class Markers:
    def __init__(self, texts: Collection[str]) -> None:
        self.texts = frozenset(filter(None, texts))
        # Where several begin at one place the tokenizers library takes the longest.
        longest_first = sorted(self.texts, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
        self._first_characters = {text[0] for text in self.texts}

    def are_in(self, text: str) -> bool:
        """Also where a normalizer of Unicode's compatible characters would make one."""
        if self._find(text):
            return True
        return not text.isascii() and self._find(unicodedata.normalize("NFKC", text))

    def guarded(self, text: str, guard: str) -> str:
        """The text with a guard inside each marker, which is none any more."""
        return self._replace(text, lambda marker: marker[0] + guard + marker[1:])

    def renamed(self, text: str, names: Mapping[str, str]) -> str:
        return self._replace(text, lambda marker: names[marker])

    def _find(self, text: str) -> bool:
        if not any(character in text for character in self._first_characters):
            return False
        return self._pattern.search(text) is not None

    def _replace(self, text: str, change: Callable[[str], str]) -> str:
        return self._pattern.sub(lambda found: change(found[0]), text)
