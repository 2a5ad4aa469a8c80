"""Names and layout of a llama-family GGUF's tensors, as mlx-lm expects them."""

from __future__ import annotations

import re
from collections.abc import Mapping

import mlx.core as mx

from .gguf_metadata import GgufError, GgufMetadata

GROUP_SIZE = 32
"""Weights per scale in every GGUF block format that MLX loads packed."""

_GLOBAL_NAMES = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
}
_LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_LAYER = re.compile(r"blk\.(\d+)\.(\w+)")
_NOT_WEIGHTS = {"rope_freqs"}


def convert_tensors(tensors: Mapping[str, mx.array], metadata: GgufMetadata) -> dict[str, mx.array]:
    """Rename every tensor and undo the row permutation of queries and keys.

    Packed weights, scales and biases stay as they are; only whole rows move.
    Norms take the scales' 16-bit type, so that activations keep one type.
    """
    heads = {
        "attn_q": metadata.integer("llama.attention.head_count"),
        "attn_k": metadata.integer("llama.attention.head_count_kv"),
    }
    converted: dict[str, mx.array] = {}
    for name, tensor in tensors.items():
        module, _, part = name.rpartition(".")
        if module in _NOT_WEIGHTS:
            continue
        kind = module.rpartition(".")[2]
        converted[f"{_module_name(module)}.{part}"] = _convert(tensor, kind, heads)
    return converted


def _convert(tensor: mx.array, kind: str, heads: Mapping[str, int]) -> mx.array:
    if kind in heads:
        return unpermute_rows(tensor, heads[kind])
    return tensor.astype(mx.float16) if kind.endswith("_norm") else tensor


def unpermute_rows(tensor: mx.array, heads: int) -> mx.array:
    """Give rotary halves back their order: (rows, columns) -> (rows, columns).

    llama.cpp interleaves the two halves of each head's rows; the inverse is
    reshape (heads, rows / heads / 2, 2, columns), swap the middle axes, flatten.
    """
    rows = tensor.shape[0]
    split = tensor.reshape(heads, rows // heads // 2, 2, *tensor.shape[1:])
    return split.swapaxes(1, 2).reshape(tensor.shape)


def quantized_bits(tensors: Mapping[str, mx.array]) -> dict[str, int]:
    """Bits per weight of each packed module, from the shapes of its tensors."""
    bits: dict[str, int] = {}
    for name, scales in tensors.items():
        if not name.endswith(".scales"):
            continue
        module = name.removesuffix(".scales")
        packed_columns = tensors[f"{module}.weight"].shape[-1]
        bits[module] = packed_columns * 32 // (scales.shape[-1] * GROUP_SIZE)
    return bits


def _module_name(module: str) -> str:
    layer = _LAYER.fullmatch(module)
    if layer and layer[2] in _LAYER_NAMES:
        return f"model.layers.{layer[1]}.{_LAYER_NAMES[layer[2]]}"
    if module in _GLOBAL_NAMES:
        return _GLOBAL_NAMES[module]
    raise GgufError(f"GGUF tensor '{module}' is not part of a llama model")
