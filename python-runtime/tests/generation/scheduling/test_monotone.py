"""The closest values that never fall."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlx_runtime.generation.scheduling.monotone import Weighted, never_falling

weighted = st.builds(Weighted, st.floats(-9, 9), st.floats(0.01, 9))


def test_values_in_order_stay() -> None:
    assert never_falling([Weighted(1, 1), Weighted(2, 5), Weighted(3, 1)]) == [1, 2, 3]


def test_neighbours_out_of_order_meet_where_their_weights_say() -> None:
    values = [Weighted(1, 1), Weighted(8, 1), Weighted(2, 3), Weighted(9, 1)]
    assert never_falling(values) == [1, 3.5, 3.5, 9]


def test_a_late_low_value_reaches_back_over_several() -> None:
    assert never_falling([Weighted(4, 1), Weighted(5, 1), Weighted(0, 1)]) == [3, 3, 3]


@given(st.lists(weighted, max_size=12))
def test_they_never_fall_and_their_weighted_mean_stays(values: list[Weighted]) -> None:
    fitted = never_falling(values)
    assert all(left <= right + 1e-9 for left, right in pairwise(fitted))
    before = sum(each.value * each.weight for each in values)
    after = sum(value * each.weight for value, each in zip(fitted, values, strict=True))
    assert after == pytest.approx(before, abs=1e-6)
