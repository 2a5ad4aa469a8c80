"""ModernBERT (Warner et al., "Smarter, better, faster, longer", 2024).

Rotary positions, gated MLPs, no norm before the first layer, and layers that attend to
the whole text between those that attend to a window. Modules have the names of checkpoints.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mlx.core as mx
from mlx import nn

from .layers import activation, attend, join_heads, padding_mask, split_heads, window_mask

_FULL, _LOCAL = "full_attention", "sliding_attention"
_THETAS = {_FULL: ("global_rope_theta", 160_000.0), _LOCAL: ("local_rope_theta", 10_000.0)}


def layer_norm(config: Mapping[str, Any]) -> nn.LayerNorm:
    return nn.LayerNorm(config["hidden_size"], config["norm_eps"], bias=config["norm_bias"])


class _Embeddings(nn.Module):
    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        self.tok_embeddings = nn.Embedding(config["vocab_size"], config["hidden_size"])
        self.norm = layer_norm(config)


class _Attention(nn.Module):
    def __init__(self, config: Mapping[str, Any], kind: str) -> None:
        super().__init__()
        size, self._heads = config["hidden_size"], config["num_attention_heads"]
        bias = config["attention_bias"]
        self.Wqkv = nn.Linear(size, 3 * size, bias=bias)
        self.Wo = nn.Linear(size, size, bias=bias)
        self._scale = (size // self._heads) ** -0.5
        self._rope = nn.RoPE(size // self._heads, base=_theta(config, kind))

    def __call__(self, states: mx.array, mask: mx.array) -> mx.array:
        """(rows, tokens, size) from states of that shape; `mask` (rows, 1, 1 or tokens, tokens)."""
        parts = mx.split(self.Wqkv(states), 3, axis=-1)
        queries, keys, values = (split_heads(part, self._heads) for part in parts)
        mixed = attend(self._rope(queries), self._rope(keys), values, mask, self._scale)
        return self.Wo(join_heads(mixed))


class _MLP(nn.Module):
    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        size, inner, bias = config["hidden_size"], config["intermediate_size"], config["mlp_bias"]
        self.Wi = nn.Linear(size, 2 * inner, bias=bias)
        self.Wo = nn.Linear(inner, size, bias=bias)
        self._activation = activation(config["hidden_activation"])

    def __call__(self, states: mx.array) -> mx.array:
        """(rows, tokens, size)"""
        inner, gate = mx.split(self.Wi(states), 2, axis=-1)
        return self.Wo(self._activation(inner) * gate)


class _Layer(nn.Module):
    def __init__(self, config: Mapping[str, Any], index: int) -> None:
        super().__init__()
        self.kind = _kind(config, index)
        self.attn_norm = layer_norm(config) if index else nn.Identity()
        self.attn = _Attention(config, self.kind)
        self.mlp_norm = layer_norm(config)
        self.mlp = _MLP(config)

    def __call__(self, states: mx.array, mask: mx.array) -> mx.array:
        """(rows, tokens, size) from states of that shape; `mask` (rows, 1, 1 or tokens, tokens)."""
        states = states + self.attn(self.attn_norm(states), mask)
        return states + self.mlp(self.mlp_norm(states))


class ModernBertEncoder(nn.Module):
    PREFIXES = ("model.",)
    DEFAULTS: Mapping[str, Any] = {
        "attention_bias": False,
        "global_attn_every_n_layers": 3,
        "hidden_activation": "gelu",
        "local_attention": 128,
        "mlp_bias": False,
        "norm_bias": False,
        "norm_eps": 1e-5,
    }

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        config = {**self.DEFAULTS, **config}
        self.embeddings = _Embeddings(config)
        self.layers = [_Layer(config, index) for index in range(config["num_hidden_layers"])]
        self.final_norm = layer_norm(config)
        self._reach: int = config["local_attention"] // 2

    def __call__(self, tokens: mx.array, lengths: mx.array, token_types: mx.array) -> mx.array:
        """(rows, tokens, size) from ids (rows, tokens), of which `lengths` (rows,) count."""
        del token_types
        padding = padding_mask(lengths, tokens.shape[1])
        masks = {_FULL: padding, _LOCAL: window_mask(padding, self._reach)}
        states = self.embeddings.norm(self.embeddings.tok_embeddings(tokens))
        for layer in self.layers:
            states = layer(states, masks[layer.kind])
        return self.final_norm(states)


def _kind(config: Mapping[str, Any], index: int) -> str:
    """Newer configurations name each layer's, older ones say how often the whole text is seen."""
    kinds = config.get("layer_types")
    if isinstance(kinds, list):
        return str(kinds[index])  # pyright: ignore[reportUnknownArgumentType]
    return _LOCAL if index % config["global_attn_every_n_layers"] else _FULL


def _theta(config: Mapping[str, Any], kind: str) -> float:
    parameters: dict[str, Any] = config.get("rope_parameters") or {}
    rope: dict[str, Any] = parameters.get(kind) or {}
    key, default = _THETAS[kind]
    return float(rope.get("rope_theta", config.get(key, default)))
