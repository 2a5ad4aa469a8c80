"""What is computed by powers of two is what MLX computes by exponentials."""

from __future__ import annotations

from collections.abc import Callable

import mlx.core as mx
import numpy as np
import pytest
from mlx import nn

from mlx_runtime.model.cpu import computing_at_once, host
from mlx_runtime.model.cpu.activations import gelu, gelu_approx, gelu_fast_approx, silu
from mlx_runtime.model.cpu.exponentials import POWER_IS_FASTER, exponential, sigmoid, unit

Function = Callable[[mx.array], mx.array]
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
    function: Function, exact: Callable[[np.ndarray], np.ndarray]
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


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("function", [silu, gelu, gelu_approx, gelu_fast_approx])
def test_large_activations_of_a_tower_are_the_same(function: Function, turned: bool) -> None:
    values = np.resize(VALUES, (4, 40_000)).astype(np.float32)
    given = mx.array(values.T).T if turned else mx.array(values)
    with computing_at_once():
        assert host.is_for_host(given.size, given.dtype) == POWER_IS_FASTER
        got = function(given)
    np.testing.assert_array_equal(np.array(given), values)
    np.testing.assert_allclose(np.array(got), np.array(function(given)), rtol=3e-6, atol=2e-6)


def test_one_inside_of_another_does_not_end_the_outer_one() -> None:
    with computing_at_once():
        with computing_at_once():
            pass
        assert host.is_for_host(1 << 20, mx.float32) == POWER_IS_FASTER
    assert not host.is_for_host(1 << 20, mx.float32)


def test_what_is_small_or_of_another_type_stays_in_the_graph() -> None:
    with computing_at_once():
        assert not host.is_for_host(1000, mx.float32)
        assert not host.is_for_host(1 << 20, mx.bfloat16)
    assert not host.is_for_host(1 << 20, mx.float32)
