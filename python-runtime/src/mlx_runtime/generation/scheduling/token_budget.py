"""How much to do at once: prompt tokens between two decode steps, and sequences in a batch.

Pure arithmetic over measured times.
"""

from __future__ import annotations

from collections import deque
from weakref import WeakKeyDictionary

from .beside_cost import BesideCost

_FORGET = 0.9
"""Weight that earlier measurements keep when a new one arrives."""
_PREFILL_SHARE = 1.25
"""Prefill may take this many decode steps' time between two of them."""
_LARGEST_SHARE = 16.0
"""The same while far more sequences wait than run."""
_LEAST_SHARE = 0.25
"""A pass computes for this many times its fixed cost at least: launching it may take the host
longer than a decode step."""
_IDLE_SHARE = 20.0
"""With no sequence running, a pass is long enough when its fixed cost is one part in this many."""
_SMALLEST_CHUNK = 8
_FIRST_CHUNK = 64
_LARGEST_PASS = 8192
_STEPS_BETWEEN_ADJUSTMENTS = 8


class DeviceClock:
    """Times work on a device that computes what it is given in order.

    A device may let its caller wait while it works, so work starts when it is given.
    """

    def __init__(self) -> None:
        self._starts: deque[float] = deque()
        self._last_done = 0.0

    def start(self, now: float) -> None:
        self._starts.append(now)

    def done(self, now: float) -> float:
        """Seconds that the oldest unfinished work took, now that it is done."""
        begun = max(self._starts.popleft(), self._last_done)
        self._last_done = now
        return now - begun

    def reset(self) -> None:
        self._starts.clear()


class PrefillCost:
    """Seconds of a pass as a line over its tokens, fitted with exponential forgetting."""

    def __init__(self) -> None:
        self._weight = self._x = self._y = self._xx = self._xy = 0.0
        self._slope: float | None = None
        self._fastest = float("inf")
        """Seconds per token of the pass that had the least of them."""

    def observe(self, tokens: int, seconds: float) -> None:
        x, y = float(tokens), seconds
        self._fastest = min(self._fastest, y / x)
        self._weight = _FORGET * self._weight + 1.0
        self._x = _FORGET * self._x + x
        self._y = _FORGET * self._y + y
        self._xx = _FORGET * self._xx + x * x
        self._xy = _FORGET * self._xy + x * y

    def line(self) -> tuple[float, float] | None:
        """(fixed seconds, seconds per token), or None before anything was seen."""
        if self._weight == 0.0:
            return None
        mean_x, mean_y = self._x / self._weight, self._y / self._weight
        variance = self._xx / self._weight - mean_x * mean_x
        proportional = mean_y / mean_x
        if variance >= 0.01 * mean_x * mean_x:
            slope = (self._xy / self._weight - mean_x * mean_y) / variance
            self._slope = max(slope, 0.05 * self._fastest)
        # Passes of one size do not tell what a further token costs; other ones did.
        slope = min(self._slope or proportional, proportional)
        return mean_y - slope * mean_x, slope


class TokenBudget:
    def __init__(self, max_rows: int, target_seconds: float | None) -> None:
        self._max_rows = max_rows
        self._target_seconds = target_seconds
        self._prefill = PrefillCost()
        self._pooling: WeakKeyDictionary[object, PrefillCost] = WeakKeyDictionary()
        self._decode_seconds = 0.0
        self._since_adjustment = 0
        self.sequence_limit = max_rows
        """Sequences to serve at once; below the maximum while steps take longer than the target."""

    def observe_prefill(self, tokens: int, seconds: float) -> None:
        self._prefill.observe(tokens, seconds)

    def observe_pooling(self, kind: object, tokens: int, seconds: float) -> None:
        """`kind`: passes that cost the same per token."""
        self._pooling.setdefault(kind, PrefillCost()).observe(tokens, seconds)

    def observe_decode(self, rows: int, seconds: float) -> None:
        known = self._decode_seconds or seconds
        # A hiccup of the machine is not the pace of the batch.
        seconds = min(seconds, 4.0 * known)
        self._decode_seconds = 0.8 * known + 0.2 * seconds
        self._since_adjustment += 1
        if self._since_adjustment >= _STEPS_BETWEEN_ADJUSTMENTS:
            self._since_adjustment = 0
            self._adjust_limit(rows)

    def prefill_budget(self, running: int, waiting: int) -> int:
        """Prompt tokens to read in the next pass, of all sequences together.

        Running sequences should keep their pace: prefill gets about as long as a
        decode step, and more of it while more sequences wait than run. With nobody
        running, a pass is as long as it takes to make good use of the device.
        """
        return self._budget(self._prefill, running, waiting)

    def beside_budget(self, cost: BesideCost, running: int, waiting: int) -> int:
        """Prompt tokens to prefill in the pass of a decode step, as `cost` counts them; 0: in one
        of their own.

        Running sequences wait as long for their next token as with a pass in between, but
        the weights are read once, and more is done.
        """
        if not cost.known or self.prefill_budget(running, waiting) > cost.apart:
            return 0
        return cost.most_tokens(running, _share(running, waiting, cost.usual_share))

    def pooling_budget(self, kind: object, running: int) -> int:
        """The same for texts that are read and not continued, which never hurry."""
        return self._budget(self._pooling.get(kind, self._prefill), running, 0)

    def _budget(self, cost: PrefillCost, running: int, waiting: int) -> int:
        line = cost.line()
        if line is None:
            return _FIRST_CHUNK
        fixed, per_token = line
        if running == 0:
            seconds = _IDLE_SHARE * max(fixed, self._decode_seconds)
            smallest = _FIRST_CHUNK
        else:
            seconds = _share(running, waiting) * self._decode_seconds - fixed
            seconds = max(seconds, _LEAST_SHARE * fixed)
            smallest = _SMALLEST_CHUNK
        return min(max(int(seconds / per_token), smallest), _LARGEST_PASS)

    def _adjust_limit(self, rows: int) -> None:
        if self._target_seconds is None:
            return
        if self._decode_seconds > self._target_seconds:
            self.sequence_limit = max(1, min(self.sequence_limit, rows) - 1)
        elif self._decode_seconds < 0.8 * self._target_seconds:
            self.sequence_limit = min(self._max_rows, self.sequence_limit + 1)


def _share(running: int, waiting: int, usual: float = _PREFILL_SHARE) -> float:
    """Decode steps' time that prefill may take between two of them."""
    return min(usual * max(1.0, 2.0 * waiting / running), _LARGEST_SHARE)
