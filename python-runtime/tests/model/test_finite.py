"""NaN and infinities are told from all other numbers, and named where weights hold them."""

from __future__ import annotations

import logging
import math

import mlx.core as mx
import numpy as np
import pytest
from mlx import nn

from mlx_runtime.model.finite import all_finite
from mlx_runtime.model.weights import is_finite, reading_weights
from mlx_runtime.slices import run_through

TYPES = [mx.float16, mx.bfloat16, mx.float32]
LONG = (1 << 20) + 3


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("number", [math.nan, -math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("place", [0, LONG - 1])
def test_what_is_no_number_is_found_wherever_it_is(
    dtype: mx.Dtype, number: float, place: int
) -> None:
    values = mx.zeros((LONG,), dtype)
    values[place] = number
    assert not is_finite(values)


@pytest.mark.parametrize("dtype", TYPES)
def test_the_largest_and_smallest_numbers_are_finite(dtype: mx.Dtype) -> None:
    limits = mx.finfo(dtype)
    values = mx.array([limits.max, limits.min, 0.0, -0.0, 1e-7, -1.0], mx.float32).astype(dtype)
    assert is_finite(values)
    assert is_finite(values.reshape(2, 3).T)
    assert is_finite(values[:0])


def test_packed_weights_are_whatever_they_are() -> None:
    assert is_finite(mx.full((4,), 0xFFFF_FFFF, mx.uint32))
    assert all_finite(np.full(4, 0xFF, np.uint8), "U8")


def test_a_load_names_the_weights_that_are_broken(caplog: pytest.LogCaptureFixture) -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    layer: nn.Linear = model.layers[1]
    layer.weight = mx.array([[1.0, math.nan], [0.0, 0.0]])
    with caplog.at_level(logging.WARNING):
        run_through(reading_weights(model, lambda _, __: None))
    assert "NaN or infinite are in layers.1.weight" in caplog.text
