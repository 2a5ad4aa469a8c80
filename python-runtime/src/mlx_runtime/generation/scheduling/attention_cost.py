"""What attention to the tokens before it adds to the cost of a prompt's token. Pure arithmetic."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

_FORGET = 0.98
"""Weight that earlier passes keep when a new one was measured: about one long prompt counts."""
_LEAST_SPREAD = 0.3
"""Of the keys that tokens attended to, per key, for their costs to be told apart."""
_DOUBT = 200.0
"""Keys between which a difference in costs is believed by half."""
_MOST_AT_ONCE = 1.5
"""How many times what was expected one pass may say: another process may have disturbed it."""
_OWN_SHARE = 0.25
"""Of what a token costs, that is not for attention at least."""
_LOADING = 48
"""What a pass takes to load a text's keys, in tokens that attend to them."""
_FEWEST = 16
"""Tokens of a text in a pass, however long its keys take to load."""


class PromptTokens(NamedTuple):
    """Tokens of prompts in one pass."""

    tokens: int
    attended: int
    """Keys that they attend to, summed over the tokens, each those of its text up to itself; and
    what it takes to load the keys of each text, as so many more."""

    @classmethod
    def behind(cls, computed: int, tokens: int) -> PromptTokens:
        """Tokens of one prompt, of which `computed` are computed already."""
        return cls(tokens, (tokens + _LOADING) * computed + tokens * (tokens + 1) // 2)


NO_TOKENS = PromptTokens(0, 0)


class AttentionCost:
    """A token counts as more than one, in proportion to the keys that it attends to. By how much
    is the slope of a line through seconds per token over keys per token: weighted least squares
    with exponential forgetting."""

    def __init__(self) -> None:
        self._weight = self._x = self._y = self._xx = self._xy = 0.0
        self._own_seconds = 0.0
        """Of a token that attends to nothing."""
        self._per_key = 0.0
        """What a key that is attended to adds, relative to the rest of a token's cost."""

    def observe(self, prompts: PromptTokens, seconds: float) -> None:
        """These tokens took so long."""
        weight = float(prompts.tokens**2)
        x, y = prompts.attended / prompts.tokens, seconds / prompts.tokens
        if self._weight:
            expected = self._own_seconds * (1.0 + self._per_key * x)
            y = min(max(y, expected / _MOST_AT_ONCE), expected * _MOST_AT_ONCE)
        self._weight = _FORGET * self._weight + weight
        self._x = _FORGET * self._x + weight * x
        self._y = _FORGET * self._y + weight * y
        self._xx = _FORGET * self._xx + weight * x * x
        self._xy = _FORGET * self._xy + weight * x * y
        self._fit()

    def count(self, prompts: PromptTokens) -> float:
        """As how many tokens these count."""
        return prompts.tokens + self._per_key * prompts.attended

    def most(self, computed: int, counted: float) -> int:
        """The most tokens of a prompt, of which `computed` are computed already, that count as at
        most `counted`; and a few at least, so that every prompt goes on."""
        # n + per_key ((n + loading) computed + n²/2) = counted
        left = counted - self._per_key * _LOADING * computed
        first = 1.0 + self._per_key * computed
        root = sqrt(max(0.0, first * first + 2.0 * self._per_key * left))
        return max(_FEWEST, int(2.0 * left / (first + root)))

    def _fit(self) -> None:
        x, y = self._x / self._weight, self._y / self._weight
        variance = self._xx / self._weight - x * x
        if variance >= (_LEAST_SPREAD * x) ** 2:
            # Texts of one length do not tell what length costs; others did.
            covariance = self._xy / self._weight - x * y
            slope = max(0.0, covariance / (variance + _DOUBT**2))
            self._per_key = slope / max(y - slope * x, _OWN_SHARE * y)
        self._own_seconds = y / (1.0 + self._per_key * x)
