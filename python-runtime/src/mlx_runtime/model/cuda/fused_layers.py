"""Layers of models whose passes take fewer operations.

Handing an operation to a GPU takes the host longer than the GPU takes for a small batch. A
layer of a decode step is eight operations here and sixteen as models write it: positions,
caches and attention are one kernel, and what a product is added to is part of the product.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import mlx.core as mx
from mlx import nn
from mlx_lm.models import activations, llama, qwen2, qwen3
from mlx_lm.models.rope_utils import Llama3RoPE

from .fused_projections import FusedPart
from .next_attention import HeadNorms, NextPlaces, attend_next, serves_next

_PARTS: dict[type, tuple[type, type]] = {
    module.TransformerBlock: (module.Attention, module.MLP) for module in (llama, qwen2, qwen3)
}
"""Layers that are made of these and two norms, and nothing else."""
_swiglu = cast("Callable[[mx.array, mx.array], mx.array]", cast("Any", activations).swiglu)


class FewerOperations:
    """Mixed into a layer of a model, which keeps its parts. Computes what the layer computes."""

    def __call__(self, x: mx.array, mask: Any = None, cache: Any = None) -> mx.array:
        """(rows, tokens, size) from x of that shape."""
        layer: Any = self
        if not _is_plain(layer):
            model_own: Any = super()
            return model_own.__call__(x, mask, cache)
        rows, tokens, size = x.shape
        attended = None if tokens > 1 else _attended(layer, x, cache)
        if attended is None:
            h = x + layer.self_attn(layer.input_layernorm(x), mask, cache)
            h = h.reshape(-1, size)
        else:
            h = _added(x.reshape(-1, size), layer.self_attn.o_proj, attended)
        normed = layer.post_attention_layernorm(h)
        inner = _swiglu(layer.mlp.gate_proj(normed), layer.mlp.up_proj(normed))
        return _added(h, layer.mlp.down_proj, inner).reshape(rows, tokens, size)


def fuse_layers(model: nn.Module) -> None:
    """Has layers whose projections are fused take fewer operations, where their kind is known."""
    untyped: Any = model
    modules: list[Any] = [module for _, module in untyped.named_modules()]
    for module in modules:
        kind: Any = module.__class__
        parts = _PARTS.get(kind)
        if parts is not None and (type(module.self_attn), type(module.mlp)) == parts:
            module._inverse = _inverse_of(module)
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


def _inverse_of(layer: Any) -> mx.array | None:
    """Radians per position, (size / 2,); None: its attention is not what the kernel computes."""
    attention = layer.self_attn
    if not _is_plain(layer) or getattr(layer, "use_sliding", False):
        return None
    weight: mx.array = attention.q_proj.fused.weight
    heads, key_heads = attention.n_heads, attention.n_kv_heads
    size = weight.shape[0] // (heads + 2 * key_heads)
    norms = [attention[name] for name in ("q_norm", "k_norm") if name in attention]
    alike = all(norm.weight.dtype == weight.dtype for norm in norms)
    if not alike or not serves_next(heads, key_heads, size, weight.dtype):
        return None
    return _radians(attention.rope, size)


def _radians(rope: Any, size: int) -> mx.array | None:
    """(size / 2,): how far each pair of a head turns per position; None: not known here."""
    if type(rope) not in (nn.RoPE, Llama3RoPE) or rope.traditional or rope.dims != size:
        return None
    if type(rope) is Llama3RoPE:
        frequencies: mx.array = cast("Any", rope)["_freqs"]
        return 1.0 / frequencies
    powers = mx.arange(0, size, 2, dtype=mx.float32) / size
    return rope.scale * mx.power(mx.array(float(rope.base)), -powers)


def _attended(layer: Any, x: mx.array, cache: Any) -> mx.array | None:
    """(rows, heads * size): what each row's token finds; None: to be computed as ever."""
    inverse: mx.array | None = layer._inverse
    if inverse is None or not hasattr(cache, "next_places"):
        return None
    places: NextPlaces | None = cache.next_places()
    if places is None or places.keys.dtype != x.dtype:
        return None
    qkv = layer.self_attn.q_proj.fused(layer.input_layernorm(x.reshape(x.shape[0], -1)))
    # The tokens of texts that are read in the same pass follow those of the batch.
    first = places.keys.shape[0]
    attended = [_attend_batch(layer.self_attn, qkv[:first], places, inverse)]
    for text, tokens in getattr(cache, "texts", ()):
        attended.append(_attend_text(layer.self_attn, qkv[first : first + tokens], text))
        first += tokens
    return attended[0] if len(attended) == 1 else mx.concatenate(attended)


def _attend_batch(attention: Any, qkv: mx.array, places: NextPlaces, inverse: mx.array) -> mx.array:
    norms = None
    if "q_norm" in attention:
        q_norm, k_norm = attention.q_norm, attention.k_norm
        norms = HeadNorms(q_norm.weight, k_norm.weight, q_norm.eps)
    return attend_next(qkv, places, inverse, scale=attention.scale, norms=norms)


def _attend_text(attention: Any, qkv: mx.array, cache: Any) -> mx.array:
    """(tokens, heads * size): what the next tokens of one text find; `cache`: its plain one."""
    tokens = qkv.shape[0]
    heads, key_heads = attention.n_heads, attention.n_kv_heads
    lines = mx.swapaxes(qkv.reshape(1, tokens, heads + 2 * key_heads, -1), 1, 2)
    q, k, v = mx.split(lines, [heads, heads + key_heads], axis=1)
    if "q_norm" in attention:
        q, k = attention.q_norm(q), attention.k_norm(k)
    offset = cache.offset
    mask = cache.make_mask(tokens, window_size=None, return_array=False)
    keys, values = cache.update_and_fetch(attention.rope(k, offset=offset), v)
    attend: Callable[..., mx.array] = cast("Any", mx.fast).scaled_dot_product_attention
    found = attend(attention.rope(q, offset=offset), keys, values, scale=attention.scale, mask=mask)
    return mx.swapaxes(found, 1, 2).reshape(tokens, -1)


def _added(to: mx.array, layer: nn.Linear, x: mx.array) -> mx.array:
    """(n, out) plus the layer's product of x (n, in)."""
    if "bias" in layer:
        return to + layer(x)
    return mx.addmm(to, x, layer.weight.T)
