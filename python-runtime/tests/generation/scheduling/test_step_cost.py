"""What a pass is expected to take."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlx_runtime.generation.scheduling.step_cost import StepCost, StepInterval

sizes = st.integers(1, 600)
seconds = st.floats(1e-4, 10)


@given(st.lists(st.tuples(sizes, seconds), min_size=1, max_size=20))
def test_more_tokens_never_cost_less(measured: list[tuple[int, float]]) -> None:
    cost = StepCost([])
    for size, took in measured:
        cost.observe(size, took)
    costs = [cost.seconds(size) for size in range(1, 700)]
    assert all(left <= right * (1 + 1e-12) for left, right in pairwise(costs))
    assert costs[0] > 0


def test_it_lies_on_straight_lines_between_and_behind_what_was_measured() -> None:
    cost = StepCost([(1, 0.080), (4, 0.083), (16, 0.131)])
    assert cost.seconds(1) == pytest.approx(0.080)
    assert cost.seconds(2) == pytest.approx(0.081)
    assert cost.seconds(10) == pytest.approx(0.107)
    assert cost.seconds(28) == pytest.approx(0.179)


def test_measurements_move_it_towards_themselves() -> None:
    cost = StepCost([(1, 0.1), (8, 0.1)])
    for _ in range(60):
        cost.observe(1, 0.1)
        cost.observe(8, 0.3)
    assert cost.seconds(1) == pytest.approx(0.1, rel=0.1)
    assert cost.seconds(8) == pytest.approx(0.3, rel=0.1)


def test_a_machine_that_became_slower_makes_every_size_cost_more() -> None:
    cost = StepCost([(1, 0.1), (8, 0.2)])
    for _ in range(100):
        cost.observe(1, 0.2)
    assert cost.seconds(1) == pytest.approx(0.2, rel=0.05)
    assert cost.seconds(8) > 0.21


def test_a_size_that_was_guessed_too_cheap_is_known_after_a_few_passes() -> None:
    cost = StepCost([(1, 0.006), (8, 0.007)])
    for _ in range(5):
        cost.observe(512, 0.03)
    assert cost.seconds(512) == pytest.approx(0.03, rel=0.3)


def test_a_size_keeps_its_own_cost_where_smaller_ones_were_held_for_slower() -> None:
    cost = StepCost([(1, 0.01), (48, 0.04)])
    for _ in range(300):
        cost.observe(64, 0.01)
    assert cost.seconds(64) == pytest.approx(0.01, rel=0.1)
    for _ in range(20):
        cost.observe(48, 0.004)
    assert cost.seconds(64) > 0.007


def test_the_host_s_work_between_two_steps_belongs_to_the_step() -> None:
    cadence = StepInterval()
    assert cadence.step(10.0, 0.5) == 0.5
    assert cadence.step(11.2, 0.5) == pytest.approx(1.2)
    cadence.interrupt()
    assert cadence.step(20.0, 0.5) == 0.5


def test_a_size_whose_one_measurement_was_disturbed_is_held_for_no_slower_than_larger_ones() -> (
    None
):
    cost = StepCost([(1, 0.09), (8, 0.65)])
    for _ in range(9):
        cost.observe(16, 0.11)
    assert cost.seconds(8) < 0.15
    assert cost.seconds(12) < 0.15


def test_hiccups_of_the_machine_do_not_count() -> None:
    cost = StepCost([(1, 0.1), (16, 0.12)])
    for step in range(60):
        cost.observe(1, 1.0 if step % 5 == 4 else 0.1)
        cost.observe(16, 0.9 if step % 4 == 3 else 0.12)
        if step > 10:
            assert cost.seconds(16) / cost.seconds(1) == pytest.approx(1.2, rel=0.15)


def test_what_was_true_once_leaves() -> None:
    cost = StepCost([])
    for _ in range(20):
        cost.observe(4, 1.0)
    for _ in range(9):
        cost.observe(4, 0.1)
    assert cost.seconds(4) == pytest.approx(0.1, rel=0.1)
