"""How long a forward pass takes by the number of its tokens, measured. Pure arithmetic."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

_ADAPT = 0.2
"""How far one measurement moves what is known of passes of its size."""
_ADAPT_FIRST = 0.6
"""The same for the first measurement of a size: until then it was a guess."""
_DRIFT = 0.05
"""How far it moves the others: the machine as a whole may have become slower or faster."""
_LARGEST_RATIO = 4.0
"""A hiccup of the machine is not the cost of a pass."""


class StepInterval:
    """Seconds from one decode step to the next: the pass, and what the host does until it is
    followed by another. Steps that the host prepares while the one before runs have none of it."""

    def __init__(self) -> None:
        self._last: float | None = None

    def interrupt(self) -> None:
        """Something else than decode steps took the time."""
        self._last = None

    def step(self, now: float, seconds: float) -> float:
        """Call when a step's choices are there, with the seconds of its pass alone."""
        last, self._last = self._last, now
        return seconds if last is None else max(seconds, now - last)


class StepCost:
    """Seconds at some sizes, on straight lines between them."""

    def __init__(self, timings: Iterable[tuple[int, float]]) -> None:
        """`timings`: tokens of a pass and its seconds."""
        self._seconds = {size_class(tokens): seconds for tokens, seconds in timings}
        self._sizes = sorted(self._seconds)

    def observe(self, tokens: int, seconds: float) -> None:
        if not self._sizes:
            self._seconds[size_class(tokens)] = seconds
            self._sizes.append(size_class(tokens))
        expected = self.seconds(tokens)
        size, adapt = size_class(tokens), _ADAPT
        if size not in self._seconds:
            adapt = _ADAPT_FIRST
            self._seconds[size] = self.seconds(size)
            insort(self._sizes, size)
        for known in self._sizes:
            if known == size:
                # By what is known of this size alone: smaller ones may be held for slower.
                self._seconds[known] *= _ratio(seconds, self._seconds[known]) ** adapt
            else:
                self._seconds[known] *= _ratio(seconds, expected) ** _DRIFT

    @property
    def known(self) -> bool:
        """False before anything was measured."""
        return bool(self._sizes)

    def seconds(self, tokens: int) -> float:
        """Never less than for fewer tokens; something must have been measured."""
        sizes = self._sizes
        right = bisect_left(sizes, tokens)
        if right < len(sizes) and (sizes[right] == tokens or right == 0):
            return max(self._seconds[size] for size in sizes[: right + 1])
        floor = max(self._seconds[size] for size in sizes[:right])
        if len(sizes) == 1:
            return floor
        right = min(right, len(sizes) - 1)
        first, second = sizes[right - 1], sizes[right]
        slope = (self._seconds[second] - self._seconds[first]) / (second - first)
        return max(floor, self._seconds[first] + slope * (tokens - first))

    def most_tokens(self, seconds: float, most: int) -> int:
        """Tokens of the largest pass, of at most so many, that takes no longer than that."""
        least, most = 0, most + 1
        while most - least > 1:
            middle = (least + most) // 2
            least, most = (middle, most) if self.seconds(middle) <= seconds else (least, middle)
        return least


def _ratio(seconds: float, expected: float) -> float:
    return min(max(seconds / expected, 1 / _LARGEST_RATIO), _LARGEST_RATIO)


def size_class(tokens: int) -> int:
    """Rounded down to 1, 1.5, 2, 3, 4, 6, 8, 12, ..., so that few sizes are told apart."""
    step = 1 << max(0, tokens.bit_length() - 2)
    return tokens // step * step
