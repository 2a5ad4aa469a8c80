"""Activations of models, for x86 CPUs."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import cast

import mlx.core as mx
import numpy as np
from mlx import nn

from .exponentials import LOG2_E, sigmoid
from .host import Floats, in_blocks, is_for_host

_silu = cast("Callable[[mx.array], mx.array]", nn.silu)
_gelu = cast("Callable[[mx.array], mx.array]", nn.gelu)

_FAST = 1.702
_TANH = 2 * math.sqrt(2 / math.pi)
_CUBE = 0.044715
_ERF = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)
_ERF_SCALE = 0.3275911


def silu(x: mx.array) -> mx.array:
    """x sigmoid(x), for any shape."""
    if is_for_host(x.size, x.dtype):
        return in_blocks(partial(_gate, slope=1.0), x)
    return _silu(x)


def gelu(x: mx.array) -> mx.array:
    """Hendrycks and Gimpel's x/2 (1 + erf(x / sqrt 2)), for any shape."""
    return in_blocks(_gate_by_erf, x) if is_for_host(x.size, x.dtype) else _gelu(x)


def gelu_approx(x: mx.array) -> mx.array:
    """Hendrycks and Gimpel's x/2 (1 + tanh(y)), y = sqrt(2/pi) (x + 0.044715 x**3), computed as
    x sigmoid(2y), which it equals; for any shape."""
    if is_for_host(x.size, x.dtype):
        return in_blocks(partial(_gate, slope=_TANH, cube=_TANH * _CUBE), x)
    return x * sigmoid(_TANH * (x + _CUBE * x * x * x))


def gelu_fast_approx(x: mx.array) -> mx.array:
    """Hendrycks and Gimpel's x sigmoid(1.702 x), for any shape."""
    if is_for_host(x.size, x.dtype):
        return in_blocks(partial(_gate, slope=_FAST), x)
    return x * sigmoid(_FAST * x)


def _gate(x: Floats, slope: float, cube: float = 0.0) -> None:
    """x becomes x sigmoid(slope x + cube x**3)."""
    powers: Floats = x * np.float32(-LOG2_E * slope)
    if cube:
        powers += x * x * x * np.float32(-LOG2_E * cube)
    # Where this is infinite the result is 0, as it should be.
    with np.errstate(over="ignore"):
        np.exp2(powers, out=powers)
    powers += 1
    x /= powers


def _gate_by_erf(x: Floats) -> None:
    """x becomes x/2 (1 + erf(x / sqrt 2))."""
    factors = _erf(x * np.float32(math.sqrt(0.5)))
    factors += 1
    factors *= np.float32(0.5)
    x *= factors


def _erf(a: Floats) -> Floats:
    """The error function within 2e-7, by formula 7.1.26 of Abramowitz and Stegun's Handbook of
    Mathematical Functions."""
    distance = np.abs(a)
    nearness = np.reciprocal(distance * np.float32(_ERF_SCALE) + np.float32(1))
    series = np.zeros_like(a)
    for factor in reversed(_ERF):
        series += np.float32(factor)
        series *= nearness
    series *= np.exp2(distance * distance * np.float32(-LOG2_E))
    np.subtract(np.float32(1), series, out=series)
    return np.copysign(series, a)
