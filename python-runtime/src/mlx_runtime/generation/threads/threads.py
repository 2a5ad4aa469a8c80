"""Decides for every pass how the threads share it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence

import mlx.core as mx

from ...model.cpu import COMPUTES_AT_ONCE, computing_at_once
from ...model.cpu.blas import find_blas
from ..arrays import on_gpu
from ..forward import Forward
from ..kv_cache.layer_caches import Caches, float32_places
from ..scheduling.step_cost import StepCost
from ..visual_inputs import PromptPart
from .parallel_prefill import lanes_for, prefill_in_lanes
from .thread_tuner import ThreadTuner

_SHARED = 0
"""Stands for the threads of a step that had to share the cores: nothing is learnt from it."""
_FAR = 512
"""Tokens of a prompt that are computed already. Attention to more of them takes so long that a
pass is better computed at once than in lanes."""
_LIKE_THE_REST = 2000.0
"""Keys to which attention takes about as long as everything else that a token takes."""


class Threads:
    """Steps share their matrix products among as many threads as are found to be fastest; long
    passes run in lanes with one thread each, unless they are far from the beginning of a prompt."""

    def __init__(self, timings: Iterable[tuple[int, float]], ranks: int = 1) -> None:
        """`timings`: tokens of a pass and its seconds, as measured at load. `ranks`: processes
        that share the machine and each pass; lanes would not meet in the same order in all."""
        self._blas = None if on_gpu() else find_blas()
        self._most = 1 if self._blas is None else max(1, self._blas.most_threads // ranks)
        self.most_lanes = self._most if ranks == 1 else 1
        """Threads that may compute side by side."""
        self._shares = 1
        """How many compute side by side: each vision tower, and passes."""
        self._lanes = [
            mx.new_thread_local_stream(mx.default_device())
            for _ in range(self.most_lanes if self.most_lanes > 1 else 0)
        ]
        self._computes_at_once = COMPUTES_AT_ONCE and not on_gpu()
        self._tuner = ThreadTuner(self._most)
        self._far_tuner = ThreadTuner(self._most)
        """For passes far behind the beginning of a prompt."""
        self._expected = StepCost(timings)
        self._steps: deque[tuple[int, int]] = deque()
        """Threads and tokens of the steps in flight."""

    def begin_step(self, tokens: int) -> None:
        """Call before a decode step of so many tokens starts."""
        threads = self._tuner.threads
        self._use(threads)
        self._steps.append((threads if self._shares == 1 else _SHARED, tokens))

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

    def share(self, towers: int, *, passes: bool) -> None:
        """So many vision towers compute side by side from now on, `passes` with them."""
        before, self._shares = self._shares, max(1, towers + passes)
        if self._shares != before or (towers and not passes):
            self._use(self._most)

    def prefill_seen(self, forward: Forward, caches: Caches, parts: Sequence[PromptPart]) -> None:
        """Like `prefill`, where images stand in the rows."""

        def prefill(begin: int, end: int) -> None:
            forward.prefill_seen(caches, [part.part(begin, end) for part in parts])

        self._prefill(prefill, caches, [part.tokens for part in parts])

    def prefill(self, forward: Forward, caches: Caches, prompts: Sequence[Sequence[int]]) -> None:
        """Computes the next tokens of each row's prompt; the caches are to be evaluated."""
        if self._computes_at_once and len(prompts) == 1 and float32_places(caches) >= _FAR:
            self._prefill_at_once(forward, caches, prompts[0])
            return

        def prefill(begin: int, end: int) -> None:
            forward.prefill(caches, [prompt[begin:end] for prompt in prompts])

        self._prefill(prefill, caches, prompts)

    def _prefill(
        self,
        prefill: Callable[[int, int], None],
        caches: Caches,
        prompts: Sequence[Sequence[int]],
    ) -> None:
        longest = max(map(len, prompts))
        lanes = lanes_for(caches, prompts, self.most_lanes)
        if lanes == 1:
            self.begin_pass()
            prefill(0, longest)
        else:
            self._use(1)
            prefill_in_lanes(prefill, longest, caches, self._lanes[:lanes])

    def _prefill_at_once(self, forward: Forward, caches: Caches, prompt: Sequence[int]) -> None:
        threads = min(self._tuner.threads, self._far_tuner.threads)
        self._use(threads)
        places = float32_places(caches) + len(prompt) / 2
        started = time.perf_counter()
        with computing_at_once():
            forward.prefill(caches, [prompt])
        expected = len(prompt) * (1 + places / _LIKE_THE_REST)
        self._far_tuner.observe(threads, expected, time.perf_counter() - started)

    def _use(self, threads: int) -> None:
        if self._blas is not None:
            self._blas.use(max(1, min(threads, self._most // self._shares)))
