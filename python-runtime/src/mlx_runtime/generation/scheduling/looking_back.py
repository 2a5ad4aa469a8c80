"""What it costs tokens of a prompt to look at those before them. Pure arithmetic."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

_FORGET = 0.98
"""Weight that earlier passes keep when a new one was measured: about one long prompt counts."""
_LEAST_SPREAD = 0.3
"""Of the places that tokens looked at, per place, for their costs to be told apart."""
_DOUBT = 200.0
"""Places between which a difference in costs is believed by half."""
_MOST_AT_ONCE = 1.5
"""How many times what was expected one pass may say: another process may have disturbed it."""
_OWN_SHARE = 0.25
"""Of what a token costs, that is not for looking at others at least."""
_READING = 48
"""What a pass takes to get at a text's keys, in tokens that look at them."""
_FEWEST = 16
"""Tokens of a text in a pass, whatever it takes to get at its keys."""


class PromptTokens(NamedTuple):
    """Tokens of prompts in one pass."""

    tokens: int
    seen: int
    """Keys that they look at, all of them together, each those of its text up to itself; and
    those of the text as often again as it takes to get at them."""

    @classmethod
    def behind(cls, computed: int, tokens: int) -> PromptTokens:
        """So many, behind as many of the same prompt as are computed already."""
        return cls(tokens, (tokens + _READING) * computed + tokens * (tokens + 1) // 2)


NO_TOKENS = PromptTokens(0, 0)


class LookingBack:
    """A token that looks back on many others counts as so many more tokens, in proportion to
    what it looks at. How many is the slope of a line through the seconds of tokens over the
    places that they look at, by least squares with exponential forgetting."""

    def __init__(self) -> None:
        self._weight = self._x = self._y = self._xx = self._xy = 0.0
        self._own_seconds = 0.0
        """Of a token that looks at nothing."""
        self._per_place = 0.0
        """What a place that is looked at adds, in shares of what the rest of a token costs."""

    def observe(self, prompts: PromptTokens, seconds: float) -> None:
        """These tokens took so long."""
        weight = float(prompts.tokens**2)
        x, y = prompts.seen / prompts.tokens, seconds / prompts.tokens
        if self._weight:
            expected = self._own_seconds * (1.0 + self._per_place * x)
            y = min(max(y, expected / _MOST_AT_ONCE), expected * _MOST_AT_ONCE)
        self._weight = _FORGET * self._weight + weight
        self._x = _FORGET * self._x + weight * x
        self._y = _FORGET * self._y + weight * y
        self._xx = _FORGET * self._xx + weight * x * x
        self._xy = _FORGET * self._xy + weight * x * y
        self._fit()

    def count(self, prompts: PromptTokens) -> float:
        """As how many tokens these count."""
        return prompts.tokens + self._per_place * prompts.seen

    def most(self, computed: int, counted: float) -> int:
        """How many tokens behind so many of their prompt count as at most that many, and a few
        at least, so that every prompt goes on."""
        # n + per_place ((n + reading) computed + n²/2) = counted
        left = counted - self._per_place * _READING * computed
        first = 1.0 + self._per_place * computed
        root = sqrt(max(0.0, first * first + 2.0 * self._per_place * left))
        return max(_FEWEST, int(2.0 * left / (first + root)))

    def _fit(self) -> None:
        x, y = self._x / self._weight, self._y / self._weight
        variance = self._xx / self._weight - x * x
        if variance >= (_LEAST_SPREAD * x) ** 2:
            # Texts of one length do not tell what length costs; others did.
            covariance = self._xy / self._weight - x * y
            slope = max(0.0, covariance / (variance + _DOUBT**2))
            self._per_place = slope / max(y - slope * x, _OWN_SHARE * y)
        self._own_seconds = y / (1.0 + self._per_place * x)
