"""How long a JSON string can be that is being written, without knowing where in the text it is."""

from __future__ import annotations

from collections.abc import Callable

_QUOTE, _BACKSLASH = ord('"'), ord("\\")


class StringRuns:
    """Counts bytes since the last quotation mark that is not escaped: no string that is open is
    longer than they are, in characters."""

    def __init__(self, bytes_of: Callable[[int], bytes]) -> None:
        """`bytes_of`: what a token stands for."""
        self._bytes_of = bytes_of
        self._states: list[tuple[int, bool]] = [(0, False)]
        """After each token: bytes since the mark, and whether the last one escapes the next."""

    def longest_with(self, *tokens: int) -> int:
        """The longest run while some tokens are written; changes nothing."""
        longest, state = 0, self._states[-1]
        for token in tokens:
            reached, state = self._after(token, state)
            longest = max(longest, reached)
        return longest

    @property
    def length(self) -> int:
        return self._states[-1][0]

    def advance(self, token: int) -> None:
        self._states.append(self._after(token, self._states[-1])[1])

    def rollback(self, count: int) -> None:
        del self._states[len(self._states) - count :]

    def _after(self, token: int, state: tuple[int, bool]) -> tuple[int, tuple[int, bool]]:
        run, escaped = state
        longest = run
        for byte in self._bytes_of(token):
            if byte == _QUOTE and not escaped:
                run = 0
            else:
                run += 1
                longest = max(longest, run)
            escaped = byte == _BACKSLASH and not escaped
        return longest, (run, escaped)
