"""How much of a request's prediction came true. Pure; drafts have nothing to do with it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise


class Prediction:
    """Follows an answer through the tokens of its prediction.

    A predicted token came true where the answer has it behind the token before
    it. Where they part, the answer is followed again from any two predicted
    tokens in a sequence that it goes on with, the next such place first.
    """

    def __init__(self, tokens: Sequence[int], answer: Sequence[int] = ()) -> None:
        """`answer`: what the sequence wrote before its process was lost."""
        self._tokens = tokens
        self._came_true = bytearray(len(tokens))
        self._places: dict[tuple[int, int], list[int]] = {}
        """Behind each pair of tokens, in order."""
        for place, pair in enumerate(pairwise(tokens), 2):
            self._places.setdefault(pair, []).append(place)
        self._next = 0
        self._last: int | None = None
        self._counted = False
        """The last token counts already."""
        for token in answer:
            self.push(token)

    @property
    def accepted(self) -> int:
        """Predicted tokens that the answer has; each counts once."""
        return sum(self._came_true)

    @property
    def rejected(self) -> int:
        """The others."""
        return len(self._tokens) - self.accepted

    def push(self, token: int) -> None:
        """Takes note of the answer's next token."""
        if self._next < len(self._tokens) and self._tokens[self._next] == token:
            self._came_true[self._next] = self._counted = True
            self._next += 1
        else:
            self._counted = self._last is not None and self._find((self._last, token))
        self._last = token

    def _find(self, pair: tuple[int, int]) -> bool:
        places = self._places.get(pair)
        if places is None:
            return False
        self._next = places[bisect_right(places, self._next) % len(places)]
        if not self._counted:
            self._came_true[self._next - 2] = True
        self._came_true[self._next - 1] = True
        return True
