"""How many prompt tokens a decode step's pass takes in, by what such passes cost."""

from __future__ import annotations

from itertools import pairwise

import pytest

from mlx_runtime.generation import step_times
from mlx_runtime.generation.scheduling.attention_cost import PromptTokens
from mlx_runtime.generation.scheduling.beside_on_cpu import BesideOnCPU
from mlx_runtime.generation.scheduling.beside_on_gpu import BesideOnGPU
from mlx_runtime.generation.scheduling.step_cost import StepCost
from mlx_runtime.generation.scheduling.token_budget import TokenBudget
from mlx_runtime.generation.sequence import make_sequence
from mlx_runtime.generation.step_times import StepTimes
from mlx_runtime.generation.steps import DecodeStep, SampledTokens
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireSampling

from .measured import measured, prompt_chunk

COSTS = [(1, 0.08), (8, 0.1), (16, 0.13), (32, 0.185), (64, 0.314), (512, 1.6)]
"""Of a model on two cores: tokens of a pass, and its seconds."""


def budget_at(rows: int) -> TokenBudget:
    """That of a machine with these costs, after a decode step of so many rows."""
    budget = TokenBudget(32, None)
    for tokens, seconds in COSTS:
        budget.observe_prefill(tokens, seconds)
    budget.observe_decode(rows, 0.1)
    return budget


def beside_cost() -> BesideOnCPU:
    cost = BesideOnCPU(StepCost(COSTS))
    for _ in range(3):
        cost.observe(measured(8, 0.1))
    return cost


def test_a_part_is_as_large_as_the_gap_of_running_rows_allows() -> None:
    cost, budget = beside_cost(), budget_at(8)
    for _ in range(3):
        cost.observe(measured(8, 0.1 + 48 * 0.002, PromptTokens(48, 0)))
    tokens = budget.beside_budget(cost, running=8, waiting=1)
    assert 2.3 < (0.1 + tokens * 0.002) / 0.1 <= 2.4
    # A pass of its own would fit fewer into the same gap.
    assert tokens > 1.5 * budget.prefill_budget(8, 1)


def test_the_first_parts_are_small_and_grow_as_far_as_costs_are_known() -> None:
    cost, budget = beside_cost(), budget_at(8)
    sizes: list[int] = []
    for _ in range(4):
        sizes.append(budget.beside_budget(cost, running=8, waiting=1))
        cost.observe(measured(8, 0.11, PromptTokens(sizes[-1], 0)))
    assert sizes == [32, 64, 128, 256]


def test_where_many_wait_prompts_have_passes_of_their_own() -> None:
    assert budget_at(2).beside_budget(beside_cost(), running=2, waiting=16) == 0


def test_chunks_are_cut_to_what_they_may_take() -> None:
    cost = beside_cost()
    times = StepTimes(budget_at(8), StepCost(COSTS), cost, prepares=False)
    chunks = [prompt_chunk("a", 0, 30), prompt_chunk("b", 0, 30), prompt_chunk("c", 0, 30)]
    assert [each.tokens for each in times.cut_to(60, chunks)] == [30, 30]
    assert [each.tokens for each in times.cut_to(1000, [prompt_chunk("a", 0, 500)])] == [128]
    for computed in range(0, 3000, 50):
        prompts = PromptTokens.behind(computed, 50)
        cost.observe(measured(8, 0.1 + 0.002 * (prompts.tokens + prompts.attended / 6000), prompts))
    near, far = (times.cut_to(80, [prompt_chunk("a", at, 80)])[0].tokens for at in (0, 2500))
    assert near > 75
    assert 16 < far < near / 1.5


def nothing() -> SampledTokens:
    raise AssertionError("nobody asks for tokens here")


def test_a_gpu_has_parts_as_large_as_cost_no_more_than_small_ones() -> None:
    budget = TokenBudget(64, None)
    budget.observe_prefill(64, 0.006)
    budget.observe_decode(32, 0.002)
    flat = BesideOnGPU(StepCost([]), [(32, 0.002), (64, 0.006), (256, 0.006), (512, 0.0065)])
    steep = BesideOnGPU(StepCost([]), [(32, 0.002), (64, 0.006), (256, 0.006), (512, 0.012)])
    assert budget.beside_budget(flat, running=32, waiting=1) == 512
    assert 256 - 32 <= budget.beside_budget(steep, running=32, waiting=1) < 320


def test_what_a_device_takes_for_a_part_shows_in_the_step_behind_it_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    costs = [(2, 1.0), (4, 1.0), (64, 1.0)]
    cost = StepCost(costs)
    beside_cost = BesideOnGPU(cost, costs)
    times = StepTimes(TokenBudget(4, None), cost, beside_cost, prepares=True)
    sequences = [
        make_sequence(Request(name, [1], WireSampling(max_tokens=9)), (), 100) for name in "ab"
    ]
    now = 0.0
    monkeypatch.setattr(step_times.time, "perf_counter", lambda: now)
    steps = [
        DecodeStep(sequences, (), True, 0.0, nothing, PromptTokens(count, 0))
        for count in [0, *[62, 0] * 9]
    ]
    times.start(steps[0])
    for step, behind in pairwise(steps):
        times.start(behind)
        # The first of these times is that of the step alone.
        now += 4.0 if step.prompts.tokens == 0 else 2.0
        times.end_decode(step)
    assert beside_cost.seconds(64) == pytest.approx(5.0, rel=0.1)
    assert cost.seconds(2) == pytest.approx(1.0)
