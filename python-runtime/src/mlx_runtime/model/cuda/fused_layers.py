"""Layers of models whose passes take fewer operations.

Handing an operation to a GPU takes the host longer than the GPU takes for a small batch. A
layer of a decode step is eight operations here and sixteen as models write it: positions,
caches and attention are one kernel, and what a product is added to is part of the product.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import mlx.core as mx
from mlx import nn
from mlx_lm.models import llama, qwen2, qwen3
from mlx_lm.models.activations import swiglu
from mlx_lm.models.rope_utils import Llama3RoPE

from .fused_projections import FusedPart
from .next_attention import HeadNorms, NextPlaces, attend_next, serves_next

_PARTS: dict[type, tuple[type, type]] = {
    module.TransformerBlock: (module.Attention, module.MLP) for module in (llama, qwen2, qwen3)
}
"""Layers that are made of these and two norms, and nothing else."""


class FewerOperations:
    """Mixed into a layer of a model, which keeps its parts. Computes what the layer computes."""

    def __call__(self, x: mx.array, mask: Any = None, cache: Any = None) -> mx.array:
        """(rows, tokens, size) from x of that shape."""
        layer: Any = self
        if not _is_plain(layer):
            return super().__call__(x, mask, cache)  # pyright: ignore[reportAttributeAccessIssue]
        rows, tokens, size = x.shape
        attended = None if tokens > 1 else _attend(layer, x, cache)
        if attended is None:
            h = x + layer.self_attn(layer.input_layernorm(x), mask, cache)
            h = h.reshape(-1, size)
        else:
            h = _added(x.reshape(-1, size), layer.self_attn.o_proj, attended)
        normed = layer.post_attention_layernorm(h)
        inner = swiglu(layer.mlp.gate_proj(normed), layer.mlp.up_proj(normed))
        return _added(h, layer.mlp.down_proj, inner).reshape(rows, tokens, size)


class _Heads(NamedTuple):
    """How a layer attends, as `attend_next` takes it."""

    inverse: mx.array
    norms: HeadNorms | None


def fuse_layers(model: nn.Module) -> None:
    """Has layers whose projections are fused take fewer operations, where their kind is known."""
    untyped: Any = model
    modules: list[Any] = [module for _, module in untyped.named_modules()]
    for module in modules:
        kind: type = type(module)
        if kind in _PARTS and (type(module.self_attn), type(module.mlp)) == _PARTS[kind]:
            module._heads = _heads_of(module)
            module.__class__ = _fused_kind(kind)


_kinds: dict[type, type] = {}


def _fused_kind(kind: type) -> type:
    if kind not in _kinds:
        _kinds[kind] = type(kind.__name__, (FewerOperations, kind), {})
    return _kinds[kind]


def _is_plain(layer: Any) -> bool:
    """True while no adapter is in the way."""
    attention, mlp = layer.self_attn, layer.mlp
    fused = type(attention.q_proj) is FusedPart and type(mlp.gate_proj) is FusedPart
    return fused and type(attention.o_proj) is nn.Linear and type(mlp.down_proj) is nn.Linear


def _heads_of(layer: Any) -> _Heads | None:
    """None: its attention is not of the kind that the kernel knows."""
    attention = layer.self_attn
    if not _is_plain(layer) or getattr(layer, "use_sliding", False):
        return None
    weight: mx.array = attention.q_proj.fused.weight
    heads, key_heads = attention.n_heads, attention.n_kv_heads
    size = weight.shape[0] // (heads + 2 * key_heads)
    inverse = _radians(attention.rope, size)
    if inverse is None or not serves_next(heads, key_heads, size, weight.dtype):
        return None
    if "q_norm" not in attention:
        return _Heads(inverse, None)
    q_norm, k_norm = attention.q_norm, attention.k_norm
    if not q_norm.weight.dtype == k_norm.weight.dtype == weight.dtype:
        return None
    return _Heads(inverse, HeadNorms(q_norm.weight, k_norm.weight, q_norm.eps))


def _radians(rope: Any, size: int) -> mx.array | None:
    """(size / 2,): how far each pair of a head turns per position; None: not known here."""
    if type(rope) not in (nn.RoPE, Llama3RoPE) or rope.traditional or rope.dims != size:
        return None
    if type(rope) is Llama3RoPE:
        return 1.0 / rope._freqs
    powers = mx.arange(0, size, 2, dtype=mx.float32) / size
    return rope.scale * mx.power(mx.array(float(rope.base)), -powers)


def _attend(layer: Any, x: mx.array, cache: Any) -> mx.array | None:
    """(rows, heads * size): what each row's next token finds; None: to be computed as ever."""
    heads: _Heads | None = layer._heads
    if heads is None or not hasattr(cache, "next_places"):
        return None
    places: NextPlaces | None = cache.next_places()
    if places is None or places.keys.dtype != x.dtype:
        return None
    attention = layer.self_attn
    qkv = attention.q_proj.fused(layer.input_layernorm(x.reshape(x.shape[0], -1)))
    return attend_next(
        qkv, places, heads.inverse, scale=attention.scale, norms=heads.norms
    )


def _added(to: mx.array, layer: nn.Linear, x: mx.array) -> mx.array:
    """(n, out) plus the layer's product of x (n, in)."""
    if "bias" in layer:
        return to + layer(x)
    return mx.addmm(to, x, layer.weight.T)
