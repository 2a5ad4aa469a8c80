"""The number of threads follows what else the machine does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from mlx_runtime.generation.threads import ThreadTuner

QUIET = {1: 0.20, 2: 0.15}
BUSY = {1: 0.21, 2: 0.60}


def run(tuner: ThreadTuner, cost: Mapping[int, float], steps: int) -> list[int]:
    """Steps of equal size; the threads of each."""
    used: list[int] = []
    for _ in range(steps):
        used.append(tuner.threads)
        tuner.observe(used[-1], 0.1, cost[used[-1]])
    return used


def test_a_quiet_machine_gives_all_threads_to_a_product() -> None:
    used = run(ThreadTuner(2), QUIET, 2000)
    assert used.count(2) / len(used) > 0.98


def test_trials_cost_less_than_one_part_in_fifty_of_the_time() -> None:
    used = run(ThreadTuner(2), QUIET, 2000)
    best = min(QUIET.values()) * len(used)
    assert sum(QUIET[threads] for threads in used) < 1.02 * best


def test_another_process_that_computes_leaves_one_thread_within_a_few_passes() -> None:
    tuner = ThreadTuner(2)
    run(tuner, QUIET, 200)
    used = run(tuner, BUSY, 30)
    assert set(used[15:]) == {1}


def test_all_threads_come_back_once_the_machine_is_quiet_again() -> None:
    tuner = ThreadTuner(2)
    run(tuner, QUIET, 200)
    run(tuner, BUSY, 200)
    assert run(tuner, QUIET, 500)[-1] == 2


def test_one_hiccup_is_no_reason_for_a_trial() -> None:
    tuner = ThreadTuner(2)
    run(tuner, QUIET, 200)
    before = run(tuner, QUIET, 1)
    tuner.observe(2, 0.1, 0.8)
    assert before + run(tuner, QUIET, 3) == [2, 2, 2, 2]


@pytest.mark.parametrize("best", [1, 2, 4, 8, 12])
def test_the_best_of_many_levels_is_found(best: int) -> None:
    cost: Callable[[int], float] = lambda threads: 0.1 * (1 + abs(threads - best) / 4)  # noqa: E731
    used = run(ThreadTuner(12), {threads: cost(threads) for threads in (1, 2, 4, 8, 12)}, 1500)
    assert used[-100:].count(best) > 95


def test_steps_of_several_sizes_are_compared_by_what_they_were_expected_to_take() -> None:
    tuner = ThreadTuner(2)
    for step in range(1000):
        size = 1.0 if step % 7 < 4 else 8.0
        tuner.observe(tuner.threads, size, size * QUIET[tuner.threads])
    assert tuner.threads == 2


def test_one_core_has_no_choice() -> None:
    assert set(run(ThreadTuner(1), {1: 0.2}, 100)) == {1}
