"""How many threads the passes have in which a model is tried out."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from ...model.cpu.blas import find_blas
from ..arrays import on_gpu


@contextmanager
def quicker_threads(compute: Callable[[], object]) -> Generator[None]:
    """Within the block products have one thread or all, whichever `compute` took less time with.

    Where something else computes on the machine, all of them take several times as long as one,
    and nothing was measured yet that a `ThreadTuner` could learn from.
    """
    blas = None if on_gpu() else find_blas()
    if blas is None or blas.most_threads == 1:
        yield
        return
    seconds: dict[int, float] = {}
    try:
        for threads in (1, blas.most_threads):
            blas.use(threads)
            started = time.perf_counter()
            compute()
            seconds[threads] = time.perf_counter() - started
        blas.use(min(seconds, key=lambda threads: seconds[threads]))
        yield
    finally:
        blas.use(blas.most_threads)
