"""Activations of models, for x86 CPUs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import cast

import mlx.core as mx
from mlx import nn

from . import host
from .exponentials import sigmoid

_silu = cast("Callable[[mx.array], mx.array]", nn.silu)
_gelu = cast("Callable[[mx.array], mx.array]", nn.gelu)


def silu(x: mx.array) -> mx.array:
    """x sigmoid(x), for any shape."""
    return x * host.sigmoid(x) if host.is_for_host(x.size, x.dtype) else _silu(x)


def gelu(x: mx.array) -> mx.array:
    """Hendrycks and Gimpel's x/2 (1 + erf(x / sqrt 2)), for any shape."""
    if not host.is_for_host(x.size, x.dtype):
        return _gelu(x)
    return 0.5 * x * (1 + host.erf(x * math.sqrt(0.5)))


def gelu_approx(x: mx.array) -> mx.array:
    """Hendrycks and Gimpel's x/2 (1 + tanh(y)), y = sqrt(2/pi) (x + 0.044715 x**3), computed as
    x sigmoid(2y), which it equals; for any shape."""
    inner = (2 * math.sqrt(2 / math.pi)) * (x + 0.044715 * x * x * x)
    return x * _sigmoid(inner)


def gelu_fast_approx(x: mx.array) -> mx.array:
    """Hendrycks and Gimpel's x sigmoid(1.702 x), for any shape."""
    return x * _sigmoid(1.702 * x)


def _sigmoid(x: mx.array) -> mx.array:
    return host.sigmoid(x) if host.is_for_host(x.size, x.dtype) else sigmoid(x)
