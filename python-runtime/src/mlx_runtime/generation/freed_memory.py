"""Gives memory back that is kept for reuse and not needed.

MLX keeps the buffers it frees, whose sizes grow with the batch; below it, the C
library keeps what it frees between buffers that are still in use.
"""

from __future__ import annotations

import ctypes

import mlx.core as mx

_STEPS_BETWEEN_CLEARS = 512
_STEPS_WORTH_A_TRIM = 64
"""Requests that follow each other closely need the same memory again."""


class FreedMemory:
    def __init__(self) -> None:
        # Of glibc; other C libraries give memory back by themselves.
        self._trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        self._steps = 0
        """Since the last trim."""

    def step(self) -> None:
        """Call for every decode step."""
        self._steps += 1
        if self._steps % _STEPS_BETWEEN_CLEARS == 0:
            mx.clear_cache()

    def clear(self) -> None:
        """Call when much was dropped."""
        mx.clear_cache()

    def rest(self) -> None:
        """Call when nothing is left to do."""
        if self._steps < _STEPS_WORTH_A_TRIM:
            return
        self._steps = 0
        mx.clear_cache()
        if self._trim is not None:
            self._trim(0)
