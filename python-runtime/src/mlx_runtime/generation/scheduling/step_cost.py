"""How long a forward pass takes by the number of its tokens, as measured. Pure arithmetic.

Single measurements are not to be trusted: another process had the processor, memory was moved,
a kernel was compiled. So a size's cost is the median of its last passes, and all sizes are fitted
together by costs that never fall as tokens become more: isotonic regression by pooling adjacent
violators (Ayer et al., "An empirical distribution function for sampling with incomplete
information", 1955), over the logarithms of seconds, in which noise is alike at all sizes. A size
weighs the more, the more passes of it were measured and the more recently. One odd pass is so
overruled by larger ones that were faster.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable
from math import exp, log

from .monotone import Weighted, never_falling
from .sizes import size_class

_RECENT = 9
"""Passes of one size that are remembered."""
_FADE = 0.998
"""Weight that a size keeps when a pass of another one was measured."""
_LEAST_WEIGHT = 1e-3
_HOPE = 0.005
"""Share of a size's cost above that of smaller ones that is discounted with each pass of another
size, if it was measured once; half of that if twice, and so on. A size whose cost may be
overestimated is so tried again, less and less often."""
_SURE = 0.4
"""Share of it that is never discounted."""
_ENOUGH = 3
"""Passes of a size with which its cost is known."""
_DRIFT = 0.15
"""How far one measurement moves all sizes: the machine may have become slower or faster."""
_LATELY = 3
"""Passes whose median says how the machine is now: one hiccup says nothing."""


class StepInterval:
    """Seconds from one decode step to the next: the pass, and what the host does between two,
    unless it does that while the pass before runs."""

    def __init__(self) -> None:
        self._last: float | None = None

    def interrupt(self) -> None:
        """Something else than decode steps took the time."""
        self._last = None

    def step(self, now: float, seconds: float) -> float:
        """Call when a step's tokens are sampled, with the seconds of its pass alone."""
        last, self._last = self._last, now
        return seconds if last is None else max(seconds, now - last)


class StepCost:
    """Seconds of the sizes that were measured, linearly interpolated between them."""

    def __init__(self, timings: Iterable[tuple[int, float]]) -> None:
        """`timings`: tokens of a pass and its seconds."""
        self._sizes: dict[int, _Size] = {}
        self._pace = 0.0
        """Logarithm of how slow the machine is; what is known of sizes is relative to it."""
        self._passes = 0
        self._line: tuple[list[int], list[float]] | None = None
        """Sizes and their seconds, as far as nothing was measured since."""
        for tokens, seconds in timings:
            self._sizes.setdefault(size_class(tokens), _Size()).add(_logarithm(seconds), 0)

    def observe(self, tokens: int, seconds: float) -> None:
        own = self._sizes.setdefault(size_class(tokens), _Size())
        self._passes += 1
        usual = own.typical if own.count else None
        own.add(_logarithm(seconds) - self._pace, self._passes)
        if usual is not None:
            drift = _DRIFT * (own.lately - usual)
            self._pace += drift
            # What it takes itself was measured.
            own.shift(-drift)
        self._line = None

    @property
    def known(self) -> bool:
        """False before anything was measured."""
        return bool(self._sizes)

    @property
    def largest(self) -> int:
        """Tokens of the largest pass that was measured, or a few less."""
        return max(self._sizes, default=1)

    def is_sure_of(self, tokens: int) -> bool:
        """True when passes of about so many tokens were measured several times."""
        own = self._sizes.get(size_class(tokens))
        return own is not None and own.count >= _ENOUGH

    def seconds(self, tokens: int) -> float:
        """Never less than for fewer tokens; something must have been measured."""
        sizes, seconds = self._line = self._line or self._fitted()
        right = bisect_left(sizes, tokens)
        if len(sizes) == 1 or right == 0:
            return seconds[0]
        behind = right == len(sizes)
        right = min(right, len(sizes) - 1)
        slope = (seconds[right] - seconds[right - 1]) / (sizes[right] - sizes[right - 1])
        on_line = seconds[right] + slope * (tokens - sizes[right])
        # Whatever rounding says.
        return max(on_line, seconds[right if behind else right - 1])

    def most_tokens(self, seconds: float, most: int) -> int:
        """Tokens of the largest pass, of at most so many, that takes no longer than that."""
        least, most = 0, most + 1
        while most - least > 1:
            middle = (least + most) // 2
            least, most = (middle, most) if self.seconds(middle) <= seconds else (least, middle)
        return least

    def _fitted(self) -> tuple[list[int], list[float]]:
        sizes = sorted(self._sizes)
        told: list[Weighted] = []
        for size in sizes:
            own = self._sizes[size]
            below = told[-1].value if told else own.typical
            above = max(0.0, own.typical - below) * own.trust(self._passes)
            told.append(Weighted(min(own.typical, below + above), own.weight(self._passes)))
        return sizes, [exp(self._pace + value) for value in never_falling(told)]


class _Size:
    """What passes of one size took: logarithms of seconds, relative to the machine's pace."""

    __slots__ = ("_last", "_recent", "typical")

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._last = 0
        self.typical = 0.0
        """Their median."""

    @property
    def count(self) -> int:
        return len(self._recent)

    def add(self, taken: float, number: int) -> None:
        self._recent.append(taken)
        self._last = number
        self.typical = lower_median(list(self._recent))

    @property
    def lately(self) -> float:
        return lower_median(list(self._recent)[-_LATELY:])

    def shift(self, by: float) -> None:
        self._recent = deque((each + by for each in self._recent), _RECENT)
        self.typical += by

    def weight(self, now: int) -> float:
        return max(self.count * _FADE ** (now - self._last), _LEAST_WEIGHT)

    def trust(self, now: int) -> float:
        """Share of its cost above that of smaller sizes that is not discounted."""
        return max(exp(-_HOPE * (now - self._last) / 2 ** (self.count - 1)), _SURE)


def _logarithm(seconds: float) -> float:
    return log(max(seconds, 1e-9))


def lower_median(values: list[float]) -> float:
    """The median; of two in the middle the lower one, since what disturbs takes time."""
    return sorted(values)[(len(values) - 1) // 2]
