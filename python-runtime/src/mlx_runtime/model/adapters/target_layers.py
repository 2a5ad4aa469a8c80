"""The layers of a model that an adapter can change, and their shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mlx.core as mx
from mlx import nn
from mlx_lm.models.switch_layers import QuantizedSwitchLinear, SwitchGLU, SwitchLinear, SwitchMLP

from ..cuda.fused_projections import FusedPart
from .adapted_layers import AdaptedEmbedding, AdaptedExperts, AdaptedLayer, AdaptedLinear

_LINEAR = (nn.Linear, nn.QuantizedLinear, FusedPart)
_EMBEDDINGS = (nn.Embedding, nn.QuantizedEmbedding)
_EXPERTS = (SwitchLinear, QuantizedSwitchLinear)
SWITCHES = (SwitchGLU, SwitchMLP)


@dataclass(frozen=True, slots=True)
class Target:
    """A layer in its place."""

    path: str
    parent: Any
    key: str
    layer: Any
    adapted: type[AdaptedLayer]
    sizes: tuple[int, int]
    """Of its input (of an embedding: the vocabulary) and of its output."""
    experts: int | None
    """None: it has none."""
    dtype: mx.Dtype
    """What it computes with."""


def find_targets(model: Any) -> dict[str, Target]:
    """By their paths. `model` has no adapters yet."""
    modules: dict[str, Any] = dict(model.named_modules())
    targets: dict[str, Target] = {}
    for path, layer in modules.items():
        parent_path, _, key = path.rpartition(".")
        parent = modules.get(parent_path)
        if parent is None or not path:
            continue
        target = _target(path, parent, key, layer)
        if target is not None:
            targets[path] = target
    return targets


def _target(path: str, parent: Any, key: str, layer: Any) -> Target | None:
    if type(layer) in _LINEAR:
        sizes = _input_size(layer), layer.weight.shape[0]
        return Target(path, parent, key, layer, AdaptedLinear, sizes, None, _dtype(layer))
    if type(layer) in _EMBEDDINGS:
        rows, columns = layer.weight.shape
        sizes = rows, layer.dims if type(layer) is nn.QuantizedEmbedding else columns
        return Target(path, parent, key, layer, AdaptedEmbedding, sizes, None, _dtype(layer))
    if type(layer) in _EXPERTS and type(parent) in SWITCHES:
        sizes, experts = (layer.input_dims, layer.output_dims), layer.num_experts
        # The products of chosen experts are computed with these numbers alone on a CPU.
        dtype = mx.float32 if mx.default_device() == mx.cpu else _dtype(layer)
        return Target(path, parent, key, layer, AdaptedExperts, sizes, experts, dtype)
    return None


def _input_size(layer: Any) -> int:
    if type(layer) is nn.QuantizedLinear:
        return layer.scales.shape[-1] * layer.group_size
    return layer.weight.shape[1]


def _dtype(layer: Any) -> mx.Dtype:
    dtype: mx.Dtype = layer.scales.dtype if hasattr(layer, "scales") else layer.weight.dtype
    # Some quantised weights have scales that are no floats.
    return dtype if mx.issubdtype(dtype, mx.floating) else mx.bfloat16


def dense_weight(layer: Any) -> mx.array:
    """(out, in) of a linear layer, in float32."""
    weight: mx.array = layer.weight
    if type(layer) is nn.QuantizedLinear:
        weight = mx.dequantize(
            weight,
            layer.scales,
            layer.biases if "biases" in layer else None,
            group_size=layer.group_size,
            bits=layer.bits,
            mode=layer.mode,
        )
    return weight.astype(mx.float32)
