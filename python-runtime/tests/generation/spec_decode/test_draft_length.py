"""The width of a pass follows from what passes cost and what drafts promise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mlx_runtime.generation.scheduling.step_cost import StepCost
from mlx_runtime.generation.spec_decode.draft_length import MAX_DRAFT_TOKENS, best_draft_length

FLAT = StepCost([(1, 1.0), (512, 1.0)])
"""As on a device that is limited by reading weights."""
STEEP = StepCost([(1, 1.0), (101, 11.0)])
"""Each token takes a tenth of the first one's time."""


def holding(chance: float) -> Iterator[float]:
    """Hopes of tokens that each hold with one chance."""
    decay_to_prior = 1.0
    while True:
        decay_to_prior *= chance
        yield decay_to_prior


def test_nothing_is_drafted_where_nothing_is_hoped_for() -> None:
    assert best_draft_length(FLAT, 4, [], 1.0).tokens == 1
    assert best_draft_length(FLAT, 4, [holding(0.0)], 1.0).tokens == 1


def test_as_many_as_there_may_be_where_they_cost_nothing() -> None:
    assert best_draft_length(FLAT, 1, [holding(0.99)], 1.05).tokens == MAX_DRAFT_TOKENS + 1 == 32


@pytest.mark.parametrize(("chance", "tokens"), [(0.05, 1), (0.5, 2), (0.9, 10)])
def test_more_where_more_hold(chance: float, tokens: int) -> None:
    assert best_draft_length(STEEP, 1, [holding(chance)], 1.0).tokens == pytest.approx(
        tokens, abs=2
    )


def test_a_gain_below_the_margin_is_none() -> None:
    assert best_draft_length(FLAT, 1, [holding(0.2)], 1.3).tokens == 1
    assert best_draft_length(FLAT, 1, [holding(0.2)], 1.05).tokens > 1


def test_making_drafts_takes_time_too() -> None:
    width = best_draft_length(FLAT, 1, [holding(0.9)], 1.0, lambda drafted: 2.0 * drafted)
    assert width.tokens == 1


@pytest.mark.parametrize("rows", [1, 4])
def test_no_pass_keeps_the_others_waiting_for_long(rows: int) -> None:
    width = best_draft_length(STEEP, rows, [holding(1.0)] * rows, 1.0)
    assert 3 <= STEEP.seconds(width.tokens * rows) / STEEP.seconds(rows) <= 4


def test_few_widths_are_used() -> None:
    hopes = [chance / 100 for chance in range(1, 100)]
    widths = {best_draft_length(STEEP, 1, [holding(chance)], 1.0).tokens for chance in hopes}
    assert widths <= {1, 2, 3, 4, 6, 8, 12, 16, 24, 32}


def test_far_larger_passes_than_any_measured_are_tried_in_steps() -> None:
    cost = StepCost([(1, 1.0), (2, 1.0)])
    assert best_draft_length(cost, 1, [holding(0.99)], 1.0).tokens == 8
    assert best_draft_length(cost, 16, [holding(0.99)] * 16, 1.0).tokens == 4
