"""What is computed by powers of two is what MLX computes by exponentials."""

from __future__ import annotations

from collections.abc import Callable

import mlx.core as mx
import numpy as np
import pytest
from mlx import nn

from mlx_runtime.model.cpu.exponentials import exponential, gelu_approx, sigmoid, unit

VALUES = np.concatenate([np.linspace(-30, 30, 2001), [0.0, 1e-30, -1e-30, 3e4, -3e4]])


def exact_sigmoid(values: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-values))


def exact_gelu(values: np.ndarray) -> np.ndarray:
    return values / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (values + 0.044715 * values**3)))


@pytest.mark.parametrize(
    ("function", "exact"), [(sigmoid, exact_sigmoid), (gelu_approx, exact_gelu)]
)
def test_as_exact_as_the_type_allows(
    function: Callable[[mx.array], mx.array], exact: Callable[[np.ndarray], np.ndarray]
) -> None:
    got = np.array(function(mx.array(VALUES, mx.float32)))
    expected = exact(VALUES.astype(np.float32).astype(np.float64))
    np.testing.assert_allclose(got, expected, rtol=3e-6, atol=1e-7)


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_what_is_no_number_is_treated_as_mlx_does(value: float) -> None:
    given = mx.array([value, 1.0])
    np.testing.assert_allclose(np.array(sigmoid(given)), np.array(nn.sigmoid(given)), rtol=1e-6)


def test_other_types_keep_their_type() -> None:
    given = mx.array([-2.0, 0.5], mx.bfloat16)
    assert sigmoid(given).dtype == mx.bfloat16
    assert sigmoid(mx.array([1, 2])).dtype == mx.float32


def test_an_exponential_of_what_was_multiplied_with_its_unit() -> None:
    given = mx.array([-200.0, -3.5, 0.0, 1e-3, 80.0])
    got = exponential(given * unit(mx.float32))
    np.testing.assert_allclose(np.array(got), np.exp(np.array(given)), rtol=2e-5)
