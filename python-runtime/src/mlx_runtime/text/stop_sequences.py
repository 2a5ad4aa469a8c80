"""Finds stop texts in streamed text without ever letting a part of one through.

Each stop text runs its own Knuth-Morris-Pratt automaton over the characters,
so the cost per character does not depend on the texts' lengths and the result
does not depend on how the text was cut into tokens.
"""

from __future__ import annotations

from collections.abc import Sequence


class StopSequences:
    """Watches one sequence's text.

    The match that is complete first wins, the longer one when two end on the
    same character.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        self._automata = [_Automaton(stop) for stop in sorted(set(stops), key=len, reverse=True)]
        self._held = ""
        self.matched: str | None = None
        """The stop text that was found; nothing comes out after it."""

    def push(self, text: str) -> str:
        """Returns the text that is certain not to belong to a stop text."""
        if not self._automata:
            return text
        if self.matched is not None:
            return ""
        pending = self._held + text
        for index, character in enumerate(text, start=len(self._held)):
            matched = self._advance(character)
            if matched is not None:
                self.matched = matched
                self._held = ""
                return pending[: index + 1 - len(matched)]
        certain = len(pending) - max(automaton.state for automaton in self._automata)
        self._held = pending[certain:]
        return pending[:certain]

    def flush(self) -> str:
        """Returns what was held back, once no further text can complete it."""
        held, self._held = self._held, ""
        return held

    def _advance(self, character: str) -> str | None:
        matched = None
        for automaton in self._automata:
            if automaton.advance(character) and matched is None:
                matched = automaton.pattern
        return matched


class _Automaton:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.state = 0
        """Characters of the pattern that the text read so far ends with."""
        self._fallback = _fallbacks(pattern)

    def advance(self, character: str) -> bool:
        """Reads one character; true when the pattern is complete."""
        state = self.state
        while state and self.pattern[state] != character:
            state = self._fallback[state]
        self.state = state + (self.pattern[state] == character)
        return self.state == len(self.pattern)


def _fallbacks(pattern: str) -> list[int]:
    """For each matched length, the next shorter prefix that is also a suffix."""
    fallbacks = [0, 0]
    length = 0
    for character in pattern[1:]:
        while length and pattern[length] != character:
            length = fallbacks[length]
        length += pattern[length] == character
        fallbacks.append(length)
    return fallbacks
