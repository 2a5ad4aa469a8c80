"""A model is tried out with as many threads as are faster just now."""

from __future__ import annotations

import time
from typing import Any

import pytest

from mlx_runtime.generation.threads import quicker_threads, trial_threads
from mlx_runtime.model.cpu.blas import Blas


class Machine:
    """Four threads; `seconds` by how many of them compute."""

    def __init__(self, seconds: dict[int, float]) -> None:
        self.threads = 4
        self._seconds = seconds
        self.blas = Blas(4, self._use, lambda: self.threads)

    def _use(self, threads: int) -> None:
        self.threads = threads

    def compute(self) -> None:
        time.sleep(self._seconds[self.threads])


@pytest.mark.parametrize(("seconds", "expected"), [({1: 0, 4: 0.02}, 1), ({1: 0.02, 4: 0}, 4)])
def test_the_faster_number_is_used_until_the_end(
    seconds: dict[int, float], expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(seconds)
    monkeypatch.setattr(trial_threads, "find_blas", lambda: machine.blas)

    with quicker_threads(machine.compute):
        assert machine.threads == expected
    assert machine.threads == 4


def test_all_threads_come_back_where_the_model_cannot_be_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine = Machine({})
    monkeypatch.setattr(trial_threads, "find_blas", lambda: machine.blas)

    def fails() -> Any:
        raise RuntimeError("no such cache")

    with pytest.raises(RuntimeError), quicker_threads(fails):
        pass
    assert machine.threads == 4


def test_without_such_a_library_nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial_threads, "find_blas", lambda: None)
    tried: list[bool] = []

    with quicker_threads(lambda: tried.append(True)):
        assert tried == []
