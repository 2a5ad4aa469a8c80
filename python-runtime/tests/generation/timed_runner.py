"""A runner without a model on a device without a machine: its clock goes as it is told to."""

from __future__ import annotations

from collections import abc
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest

from mlx_runtime.generation import planner, step_emitter, step_times
from mlx_runtime.generation.scheduling.scheduler import Chunk
from mlx_runtime.generation.steps import DecodeStep, PrefillStep

from .fake_runner import FakeRunner


@dataclass
class TimedRunner(FakeRunner):
    """Passes run on the device in order, behind what the host does before it starts them."""

    seconds: Callable[[int, int], float] = lambda sequences, width: 1.0
    """Of a decode step of so many sequences and tokens of each."""
    prefill_seconds: Callable[[int], float] = lambda tokens: 1.0
    host_seconds: float = 0.0
    """That it takes to start a pass, and to tell of the one before."""
    now: float = 1000.0
    _free: float = 0.0

    def use_clock(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = SimpleNamespace(perf_counter=lambda: self.now, monotonic=lambda: self.now)
        for module in (planner, step_emitter, step_times):
            monkeypatch.setattr(module, "time", clock)

    def _decode(self, drafts: abc.Sequence[abc.Sequence[int]]) -> DecodeStep:
        width = 1 + max(map(len, drafts), default=0)
        started, done = self._run(self.seconds(len(self.running), width))
        step = super()._decode(drafts)
        overlaps = self.overlaps and not drafts
        return replace(
            step, started=started, overlaps=overlaps, wait=lambda: self._end(done, step.wait)
        )

    def _prefill(self, chunks: abc.Sequence[Chunk], *, beside: bool = False) -> PrefillStep:
        tokens = sum(chunk.tokens for chunk in chunks)
        started, done = self._run(self.prefill_seconds(tokens))
        step = super()._prefill(chunks, beside=beside)
        return replace(step, started=started, wait=lambda: self._end(done, step.wait))

    def _run(self, seconds: float) -> tuple[float, float]:
        """When a pass was started, and when it is done."""
        self.now += self.host_seconds
        started, self._free = self.now, max(self.now, self._free) + seconds
        return started, self._free

    def _end(self, done: float, wait: Callable[[], object]) -> object:
        self.now = max(self.now, done)
        return wait()
