"""Puts this package's functions where models look for MLX's."""

from __future__ import annotations

from typing import Any, cast

import mlx.core as mx
from mlx import nn
from mlx.nn.layers import activations as layers

from . import activations
from .attention import scaled_dot_product_attention
from .exponentials import POWER_IS_FASTER, sigmoid

_ACTIVATIONS = ("silu", "gelu", "gelu_approx", "gelu_fast_approx")


def use_cpu_ways() -> None:
    """Has models that run from now on compute as this package does."""
    cast("Any", mx.fast).scaled_dot_product_attention = scaled_dot_product_attention
    if POWER_IS_FASTER:
        cast("Any", mx).sigmoid = sigmoid
        for name in _ACTIVATIONS:
            for module in (nn, layers):
                setattr(module, name, getattr(activations, name))
