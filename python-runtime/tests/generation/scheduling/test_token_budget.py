"""Budgets follow measured times."""

from __future__ import annotations

import pytest

from mlx_runtime.generation.scheduling.token_budget import DeviceClock, PrefillCost, TokenBudget


def trained(decode: float, fixed: float, per_token: float, **options: float) -> TokenBudget:
    token_budget = TokenBudget(32, options.get("target"))
    for tokens in (20, 100, 50, 200, 30) * 4:
        token_budget.observe_prefill(tokens, fixed + per_token * tokens)
    for _ in range(30):
        token_budget.observe_decode(8, decode)
    return token_budget


def test_a_chunk_takes_about_as_long_as_a_decode_step() -> None:
    token_budget = trained(decode=0.1, fixed=0.05, per_token=0.001)
    tokens = token_budget.prefill_budget(running=8, waiting=1)
    assert 0.05 + 0.001 * tokens == pytest.approx(0.125, rel=0.1)


def test_prefill_gets_more_while_more_rows_wait_than_run() -> None:
    token_budget = trained(decode=0.1, fixed=0.05, per_token=0.001)
    assert token_budget.prefill_budget(1, 15) > 4 * token_budget.prefill_budget(15, 1)


def test_budgets_have_a_floor_and_a_ceiling() -> None:
    assert trained(decode=10, fixed=0.01, per_token=1e-5).prefill_budget(8, 1) == 8192
    assert trained(decode=0.001, fixed=1.0, per_token=0.1).prefill_budget(8, 1) == 8


def test_a_burst_never_stalls_running_rows_for_long() -> None:
    token_budget = trained(decode=0.1, fixed=0.05, per_token=0.001)
    assert 0.05 + 0.001 * token_budget.prefill_budget(1, 1000) == pytest.approx(1.6, rel=0.1)


def test_an_idle_generator_reads_chunks_that_make_the_fixed_cost_small() -> None:
    tokens = trained(decode=0.05, fixed=0.05, per_token=0.001).prefill_budget(0, 1)
    assert 0.05 / (0.05 + 0.001 * tokens) < 0.15


def test_rows_are_limited_while_steps_take_longer_than_the_target_and_come_back() -> None:
    token_budget = trained(decode=0.2, fixed=0.05, per_token=0.001, target=0.1)
    assert token_budget.sequence_limit < 8
    for _ in range(400):
        token_budget.observe_decode(token_budget.sequence_limit, 0.02)
    assert token_budget.sequence_limit == 32


def test_one_hiccup_does_not_change_the_pace() -> None:
    token_budget = trained(decode=0.1, fixed=0.05, per_token=0.001)
    before = token_budget.prefill_budget(8, 1)
    token_budget.observe_decode(8, 60.0)
    assert token_budget.prefill_budget(8, 1) < 4 * before


def test_cost_is_proportional_until_chunks_of_different_size_were_seen() -> None:
    cost = PrefillCost()
    assert cost.line() is None
    cost.observe(100, 1.0)
    assert cost.line() == (0.0, pytest.approx(0.01))


def test_the_clock_counts_overlapping_work_once() -> None:
    clock = DeviceClock()
    clock.start(0.0)
    clock.start(0.5)
    assert clock.done(2.0) == 2.0
    assert clock.done(3.0) == 1.0
    clock.start(10.0)
    assert clock.done(11.0) == 1.0


def test_passes_of_one_size_do_not_make_a_token_look_dear() -> None:
    cost = PrefillCost()
    for tokens in (64, 2048):
        cost.observe(tokens, 0.007 + tokens * 3e-6)
    for _ in range(100):
        cost.observe(8, 0.007)
    line = cost.line()
    assert line is not None
    fixed, per_token = line
    assert fixed == pytest.approx(0.007, rel=0.05)
    assert per_token == pytest.approx(3e-6, rel=0.05)


def test_a_pass_that_costs_more_to_start_than_a_decode_step_takes_is_not_kept_tiny() -> None:
    budget = TokenBudget(32, None)
    for tokens in (64, 2048):
        budget.observe_prefill(tokens, 0.007 + tokens * 3e-6)
    budget.observe_decode(32, 0.004)
    assert 500 <= budget.prefill_budget(running=32, waiting=1) <= 700
