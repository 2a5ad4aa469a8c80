"""Prompts beside decode steps: gaps are even, and prompts go on, whatever the machine does."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from mlx_runtime.generation.scheduling.attention_cost import PromptTokens
from mlx_runtime.generation.scheduling.beside_on_cpu import BesideOnCPU
from mlx_runtime.generation.scheduling.step_cost import StepCost

from .measured import measured, prompt_chunk

ROWS = 8


@dataclass
class Machine:
    """What passes take on it."""

    slowness: float = 1.0
    noise: Callable[[], float] = lambda: 1.0

    def seconds(self, prompts: PromptTokens | None = None) -> float:
        tokens = 0.0 if prompts is None else prompts.tokens + prompts.attended / 6000
        return self.slowness * (0.1 + 0.002 * tokens)


def learned() -> BesideOnCPU:
    cost = BesideOnCPU(StepCost([(1, 0.08), (ROWS, 0.1)]))
    for _ in range(3):
        cost.observe(measured(ROWS, 0.1))
    return cost


def read(cost: BesideOnCPU, machine: Machine, length: int = 3000) -> list[float]:
    """Computes a prompt beside decode steps: the gaps, in steps of that machine."""
    gaps: list[float] = []
    computed = 0
    while computed < length:
        if cost.step_is_due:
            cost.observe(measured(ROWS, machine.seconds() * machine.noise()))
            continue
        budget = cost.most_tokens(ROWS, cost.usual_share)
        tokens = cost.cut_to(budget, [prompt_chunk("a", computed, length - computed)])[0].tokens
        prompts = PromptTokens.behind(computed, tokens)
        cost.observe(measured(ROWS, machine.seconds(prompts) * machine.noise(), prompts))
        gaps.append(machine.seconds(prompts) / machine.seconds())
        computed += tokens
    return gaps


def test_gaps_are_even_from_the_beginning_of_a_long_prompt_to_its_end() -> None:
    cost = learned()
    read(cost, Machine())
    gaps = read(cost, Machine())
    assert max(gaps) < 2.7
    assert sorted(gaps)[int(0.95 * len(gaps))] < 2.5
    assert min(gaps[1:-1]) > 2.2


@pytest.mark.parametrize("seed", range(4))
def test_noise_and_hiccups_neither_stretch_gaps_nor_starve_prompts(seed: int) -> None:
    draw = random.Random(seed)
    machine = Machine(noise=lambda: draw.choice([*[0.95, 1.0, 1.05] * 19, 3, 10, 20]))
    cost = learned()
    gaps = sorted([read(cost, machine) for _ in range(3)][-1])
    assert gaps[len(gaps) // 2] > 2.0
    assert gaps[int(0.95 * len(gaps))] < 3.0


def test_gaps_may_be_longer_where_steps_alone_are_uneven() -> None:
    steady, uneven = learned(), learned()
    for number in range(60):
        steady.observe(measured(ROWS, 0.1))
        uneven.observe(measured(ROWS, 0.3 if number % 8 == 0 else 0.1))
    assert steady.usual_share == pytest.approx(1.4)
    # And not as long as such steps are.
    assert uneven.usual_share == pytest.approx(1.64)


@pytest.mark.parametrize("slowness", [0.5, 3.0])
def test_a_machine_that_became_slower_or_faster_is_found_out(slowness: float) -> None:
    cost = learned()
    read(cost, Machine())
    read(cost, Machine(slowness))
    gaps = read(cost, Machine(slowness))
    assert sorted(gaps)[int(0.9 * len(gaps))] < 2.7
    assert sum(gaps) / len(gaps) > 2.2


def test_a_step_alone_comes_now_and_then_and_not_before_prompts_were_computed() -> None:
    cost = learned()
    due: list[bool] = []
    for _ in range(20):
        due.append(cost.step_is_due)
        cost.observe(measured(ROWS, 0.12, PromptTokens.behind(0, 10)))
    assert due.index(True) == 16
    cost.observe(measured(ROWS, 0.1))
    assert not cost.step_is_due


def test_other_numbers_of_rows_are_reckoned_with() -> None:
    cost = BesideOnCPU(StepCost([(1, 0.1), (8, 0.1), (16, 0.2)]))
    for _ in range(3):
        cost.observe(measured(8, 0.15))
    assert cost.step_seconds(8) == pytest.approx(0.15)
    assert cost.step_seconds(16) == pytest.approx(0.3)
