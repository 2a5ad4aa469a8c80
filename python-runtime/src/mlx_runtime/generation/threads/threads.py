"""Decides for every pass how the threads share it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

import mlx.core as mx

from ..arrays import on_gpu
from ..forward import Forward
from ..kv_cache.layer_caches import Caches
from ..scheduling.step_cost import StepCost
from ..visual_inputs import PromptPart
from .blas import find_blas
from .parallel_prefill import lanes_for, prefill_in_lanes
from .thread_tuner import ThreadTuner


class Threads:
    """Steps share their matrix products among as many threads as are found to be fastest; long
    passes run in lanes with one thread each."""

    def __init__(self, timings: Iterable[tuple[int, float]], ranks: int = 1) -> None:
        """`timings`: tokens of a pass and its seconds, as measured at load. `ranks`: processes
        that share the machine and each pass; lanes would not meet in the same order in all."""
        self._blas = None if on_gpu() else find_blas()
        self._most = 1 if self._blas is None else max(1, self._blas.most_threads // ranks)
        self._most_lanes = self._most if ranks == 1 else 1
        self._lanes = [
            mx.new_thread_local_stream(mx.default_device())
            for _ in range(self._most_lanes if self._most_lanes > 1 else 0)
        ]
        self._tuner = ThreadTuner(self._most)
        self._expected = StepCost(timings)
        self._steps: deque[tuple[int, int]] = deque()
        """Threads and tokens of the steps in flight."""

    def begin_step(self, tokens: int) -> None:
        """Call before a decode step of so many tokens starts."""
        threads = self._tuner.threads
        self._use(threads)
        self._steps.append((threads, tokens))

    def end_step(self, seconds: float) -> None:
        """Call for each step in turn, with the time it took."""
        threads, tokens = self._steps.popleft()
        if self._expected.known:
            self._tuner.observe(threads, self._expected.seconds(tokens), seconds)
        else:
            self._expected.observe(tokens, seconds)

    def begin_pass(self) -> None:
        """Call before another pass than a decode step starts."""
        self._use(self._tuner.threads)

    def prefill_seen(self, forward: Forward, caches: Caches, parts: Sequence[PromptPart]) -> None:
        """Like `prefill`, where images stand in the rows."""
        self.begin_pass()
        forward.prefill_seen(caches, parts)

    def prefill(self, forward: Forward, caches: Caches, prompts: Sequence[Sequence[int]]) -> None:
        """Computes the next tokens of each row's prompt; the caches are to be evaluated."""
        lanes = lanes_for(caches, prompts, self._most_lanes)
        if lanes == 1:
            self.begin_pass()
            forward.prefill(caches, prompts)
        else:
            self._use(1)
            prefill_in_lanes(forward, caches, prompts, self._lanes[:lanes])

    def _use(self, threads: int) -> None:
        if self._blas is not None:
            self._blas.use(threads)
