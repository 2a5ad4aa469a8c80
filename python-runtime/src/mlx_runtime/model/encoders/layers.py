"""What all encoders are made of: attention in both directions, activations, masks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mlx.core as mx
from mlx import nn

from ..weight_files import load_failed

Activation = Callable[[mx.array], mx.array]

_QUERIES_AT_ONCE = 1024
"""Of a long text: the scores of all its tokens with all others would fill gigabytes."""

_ACTIVATIONS: dict[str, Activation] = {
    "gelu": nn.gelu,
    "gelu_new": nn.gelu_approx,
    "gelu_pytorch_tanh": nn.gelu_approx,
    "relu": nn.relu,
    "silu": nn.silu,
    "tanh": mx.tanh,
}


def activation(name: Any) -> Activation:
    """By the name that transformers has for it; raises RpcError `model_load_failed`."""
    if name not in _ACTIVATIONS:
        raise load_failed(f"config.json names the activation {name!r}, which is not known here")
    return _ACTIVATIONS[name]


def padding_mask(lengths: mx.array, longest: int) -> mx.array:
    """(rows, 1, 1, longest): true where a row of `lengths` (rows,) has a token."""
    return (mx.arange(longest)[None, :] < lengths[:, None])[:, None, None, :]


def window_mask(padding: mx.array, reach: int) -> mx.array:
    """(rows, 1, longest, longest): tokens no further apart than `reach`, where `padding`
    (rows, 1, 1, longest) has one."""
    positions = mx.arange(padding.shape[-1])
    near = mx.abs(positions[:, None] - positions[None, :]) <= reach
    return mx.logical_and(padding, near[None, None])


def attend(
    queries: mx.array, keys: mx.array, values: mx.array, mask: mx.array, scale: float
) -> mx.array:
    """(rows, heads, tokens, size) from queries, keys and values of that shape; `mask`
    (rows, 1, 1 or tokens, tokens) is true where a token is attended to."""
    tokens = queries.shape[2]
    parts = [
        mx.fast.scaled_dot_product_attention(
            queries[:, :, begin : begin + _QUERIES_AT_ONCE],
            keys,
            values,
            scale=scale,
            mask=mask if mask.shape[2] == 1 else mask[:, :, begin : begin + _QUERIES_AT_ONCE],
        )
        for begin in range(0, tokens, _QUERIES_AT_ONCE)
    ]
    return parts[0] if len(parts) == 1 else mx.concatenate(parts, axis=2)


def split_heads(states: mx.array, heads: int) -> mx.array:
    """(rows, tokens, heads * size) to (rows, heads, tokens, size)."""
    rows, tokens, _ = states.shape
    return states.reshape(rows, tokens, heads, -1).transpose(0, 2, 1, 3)


def join_heads(states: mx.array) -> mx.array:
    """(rows, heads, tokens, size) to (rows, tokens, heads * size)."""
    rows, _, tokens, _ = states.shape
    return states.transpose(0, 2, 1, 3).reshape(rows, tokens, -1)


def mean_over(states: mx.array, lengths: mx.array) -> mx.array:
    """(rows, size): of the first `lengths` (rows,) states of each row (rows, tokens, size)."""
    inside = mx.arange(states.shape[1])[None, :] < lengths[:, None]
    return mx.where(inside[..., None], states, 0.0).sum(axis=1) / lengths[:, None]
