"""Encoders computed by the letter of their papers: numpy, float64, one text at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.float64]
Weights: TypeAlias = Mapping[str, Matrix]

_erf = np.vectorize(math.erf)


def gelu(x: Matrix) -> Matrix:
    return x * 0.5 * (1 + _erf(x / math.sqrt(2)))


def gelu_tanh(x: Matrix) -> Matrix:
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def layer_norm(x: Matrix, w: Weights, name: str, epsilon: float) -> Matrix:
    mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    scaled = (x - mean) / np.sqrt(variance + epsilon) * w[f"{name}.weight"]
    return scaled + w.get(f"{name}.bias", np.zeros(1))


def linear(x: Matrix, w: Weights, name: str) -> Matrix:
    return x @ w[f"{name}.weight"].T + w.get(f"{name}.bias", np.zeros(1))


def rotate(x: Matrix, base: float) -> Matrix:
    """(heads, tokens, size): halves of a head turn together."""
    half = x.shape[-1] // 2
    angles = np.outer(np.arange(x.shape[1]), base ** (-np.arange(half) / half))
    left, right = x[..., :half], x[..., half:]
    cosine, sine = np.cos(angles), np.sin(angles)
    return np.concatenate([left * cosine - right * sine, right * cosine + left * sine], axis=-1)


def attention(q: Matrix, k: Matrix, v: Matrix, scale: float, reach: int | None = None) -> Matrix:
    """(heads, tokens, size) each; `reach`: how far apart tokens may be."""
    scores = q @ k.swapaxes(-1, -2) * scale
    if reach is not None:
        places = np.arange(q.shape[1])
        scores[:, np.abs(places[:, None] - places[None, :]) > reach] = -np.inf
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True) @ v


def heads(x: Matrix, count: int) -> Matrix:
    return x.reshape(x.shape[0], count, -1).swapaxes(0, 1)


def joined(x: Matrix) -> Matrix:
    return x.swapaxes(0, 1).reshape(x.shape[1], -1)


def bert(
    w: Weights, config: Mapping[str, Any], tokens: Sequence[int], types: Sequence[int]
) -> Matrix:
    """(tokens, size); names without the prefix."""
    count, epsilon = config["num_attention_heads"], config["layer_norm_eps"]
    first = 0 if config["model_type"] == "bert" else config["pad_token_id"] + 1
    embedded = w["embeddings.word_embeddings.weight"][list(tokens)]
    embedded = embedded + w["embeddings.token_type_embeddings.weight"][list(types)]
    embedded += w["embeddings.position_embeddings.weight"][first : first + len(tokens)]
    x = layer_norm(embedded, w, "embeddings.LayerNorm", epsilon)
    for index in range(config["num_hidden_layers"]):
        name = f"encoder.layer.{index}"
        q, k, v = (
            heads(linear(x, w, f"{name}.attention.self.{part}"), count)
            for part in ("query", "key", "value")
        )
        mixed = linear(
            joined(attention(q, k, v, q.shape[-1] ** -0.5)), w, f"{name}.attention.output.dense"
        )
        x = layer_norm(mixed + x, w, f"{name}.attention.output.LayerNorm", epsilon)
        inner = gelu(linear(x, w, f"{name}.intermediate.dense"))
        outer = linear(inner, w, f"{name}.output.dense")
        x = layer_norm(outer + x, w, f"{name}.output.LayerNorm", epsilon)
    return x


def modernbert(w: Weights, config: Mapping[str, Any], tokens: Sequence[int]) -> Matrix:
    """(tokens, size)"""
    epsilon = config["norm_eps"]
    x = layer_norm(
        w["embeddings.tok_embeddings.weight"][list(tokens)], w, "embeddings.norm", epsilon
    )
    for index in range(config["num_hidden_layers"]):
        sees_all = index % config["global_attn_every_n_layers"] == 0
        base = config["global_rope_theta" if sees_all else "local_rope_theta"]
        name = f"layers.{index}"
        normed = x if index == 0 else layer_norm(x, w, f"{name}.attn_norm", epsilon)
        parts = np.split(linear(normed, w, f"{name}.attn.Wqkv"), 3, axis=-1)
        q, k, v = (heads(part, config["num_attention_heads"]) for part in parts)
        reach = None if sees_all else config["local_attention"] // 2
        mixed = attention(rotate(q, base), rotate(k, base), v, q.shape[-1] ** -0.5, reach)
        x = x + linear(joined(mixed), w, f"{name}.attn.Wo")
        inner, gate = np.split(
            linear(layer_norm(x, w, f"{name}.mlp_norm", epsilon), w, f"{name}.mlp.Wi"), 2, axis=-1
        )
        x = x + linear(gelu(inner) * gate, w, f"{name}.mlp.Wo")
    return layer_norm(x, w, "final_norm", epsilon)


def rms_norm(x: Matrix, weight: Matrix, epsilon: float) -> Matrix:
    return x / np.sqrt((x**2).mean(-1, keepdims=True) + epsilon) * (1 + weight)


def gemma(w: Weights, config: Mapping[str, Any], tokens: Sequence[int]) -> Matrix:
    """(tokens, size): a half of `sliding_window` behind each token and before it."""

    def norm(x: Matrix, name: str) -> Matrix:
        return rms_norm(x, w[f"{name}.weight"], config["rms_norm_eps"])

    x = w["embed_tokens.weight"][list(tokens)] * config["hidden_size"] ** 0.5
    for index in range(config["num_hidden_layers"]):
        name = f"layers.{index}"
        sees_all = (index + 1) % config["sliding_window_pattern"] == 0
        base = config["rope_theta" if sees_all else "rope_local_base_freq"]
        normed = norm(x, f"{name}.input_layernorm")
        count, groups = config["num_attention_heads"], config["num_key_value_heads"]
        q = heads(linear(normed, w, f"{name}.self_attn.q_proj"), count)
        k = heads(linear(normed, w, f"{name}.self_attn.k_proj"), groups)
        v = heads(linear(normed, w, f"{name}.self_attn.v_proj"), groups)
        q = rotate(norm(q, f"{name}.self_attn.q_norm"), base)
        k = rotate(norm(k, f"{name}.self_attn.k_norm"), base)
        k, v = (np.repeat(part, count // groups, axis=0) for part in (k, v))
        reach = None if sees_all else config["sliding_window"] // 2
        mixed = attention(q, k, v, config["query_pre_attn_scalar"] ** -0.5, reach)
        mixed = linear(joined(mixed), w, f"{name}.self_attn.o_proj")
        x = x + norm(mixed, f"{name}.post_attention_layernorm")
        normed = norm(x, f"{name}.pre_feedforward_layernorm")
        gate = gelu_tanh(linear(normed, w, f"{name}.mlp.gate_proj"))
        outer = linear(gate * linear(normed, w, f"{name}.mlp.up_proj"), w, f"{name}.mlp.down_proj")
        x = x + norm(outer, f"{name}.post_feedforward_layernorm")
    return norm(x, "norm")
