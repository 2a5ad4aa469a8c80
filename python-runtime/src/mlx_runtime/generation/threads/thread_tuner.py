"""How many threads a matrix product should use just now, found by trying.

All threads are best while the machine does nothing else. As soon as another
process computes, the threads wait for the one of them that has lost its core,
many times in a pass: on two cores that made passes 3 to 8 times slower than one
thread. So now and then a pass runs with more or fewer threads, and the faster
number stays. Trials are rationed by what they cost. Pure arithmetic over
measured times.
"""

from __future__ import annotations

from collections import deque
from statistics import median

_RECENT = 3
_USUAL = 0.2
"""How far one pass moves what is usual."""
_ALARM = 1.4
"""Passes that take this much longer than usual are a reason for a trial."""
_WORTH = 0.95
"""A trial has to take less than this, relative to the passes before it."""
_PRICE = 200.0
"""Work between two trials, in multiples of what the last one cost."""
_ALARM_PRICE = 20.0
"""The same when there is an alarm."""
_SHORTEST_REST = 2.0
_LONGEST_REST = 60.0


class ThreadTuner:
    def __init__(self, most: int) -> None:
        self._levels = _levels(most)
        self._place = len(self._levels) - 1
        self._trial: int | None = None
        self._tries_more = False
        self._recent: deque[float] = deque(maxlen=_RECENT)
        """Seconds per expected second of the last passes with the chosen number of threads."""
        self._usual = 0.0
        self._alarmed = False
        self._worked = 0.0
        """Seconds since the last trial."""
        self._cost = 0.0
        """Seconds that the last trial lost."""
        self._rest = _SHORTEST_REST

    @property
    def threads(self) -> int:
        """For the next pass."""
        return self._levels[self._place if self._trial is None else self._trial]

    def observe(self, threads: int, expected: float, seconds: float) -> None:
        """A pass with so many threads took `seconds`; one of its size was expected to take
        `expected`, by any measure that is the same for all sizes and numbers of threads."""
        self._worked += seconds
        if self._trial is not None and threads == self._levels[self._trial]:
            self._end_trial(self._trial, expected, seconds)
        elif self._trial is None and threads == self._levels[self._place]:
            self._note(seconds / expected)
            if len(self._levels) > 1 and self._trial_is_due():
                self._start_trial()

    def _note(self, pace: float) -> None:
        self._recent.append(pace)
        now = median(self._recent)
        self._usual = now if len(self._recent) < _RECENT else self._usual
        self._alarmed = now > _ALARM * self._usual
        self._usual += _USUAL * (now - self._usual)

    def _trial_is_due(self) -> bool:
        rest = min(self._rest, _ALARM_PRICE * self._cost) if self._alarmed else self._rest
        return len(self._recent) == _RECENT and self._worked >= rest

    def _start_trial(self) -> None:
        self._tries_more = not self._tries_more
        step = 1 if self._tries_more else -1
        if not 0 <= self._place + step < len(self._levels):
            step = -step
        self._trial = self._place + step

    def _end_trial(self, place: int, expected: float, seconds: float) -> None:
        now = median(self._recent)
        self._trial, self._worked = None, 0.0
        if seconds / expected < _WORTH * now:
            self._place = place
            self._recent.clear()
            self._cost, self._rest = 0.0, _SHORTEST_REST
        else:
            self._usual = now
            self._cost = max(0.0, seconds - now * expected)
            self._rest = min(max(_PRICE * self._cost, 2 * self._rest), _LONGEST_REST)


def _levels(most: int) -> list[int]:
    """1, 2, 4, ... and the most."""
    return sorted({most, *(1 << bit for bit in range(most.bit_length()))})
