"""BERT, and RoBERTa and XLM-RoBERTa, which differ in their positions and their classifiers.

(Devlin et al., "BERT", 2019; Liu et al., "RoBERTa", 2019; Conneau et al., "Unsupervised
cross-lingual representation learning at scale", 2020.) Modules have the names of checkpoints.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mlx.core as mx
from mlx import nn

from ..weight_files import load_failed
from .configuration import positions_before_text
from .layers import activation, attend, join_heads, padding_mask, split_heads


class _Embeddings(nn.Module):
    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        size = config["hidden_size"]
        self.word_embeddings = nn.Embedding(config["vocab_size"], size)
        self.position_embeddings = nn.Embedding(config["max_position_embeddings"], size)
        self.token_type_embeddings = nn.Embedding(config["type_vocab_size"], size)
        self.LayerNorm = nn.LayerNorm(size, config["layer_norm_eps"])
        self._first_position = positions_before_text(config)

    def __call__(self, tokens: mx.array, token_types: mx.array) -> mx.array:
        """(rows, tokens, size) from ids (rows, tokens)."""
        positions = mx.arange(tokens.shape[1]) + self._first_position
        states = self.word_embeddings(tokens) + self.token_type_embeddings(token_types)
        return self.LayerNorm(states + self.position_embeddings(positions)[None])


class _SelfAttention(nn.Module):
    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        size = config["hidden_size"]
        self.query = nn.Linear(size, size)
        self.key = nn.Linear(size, size)
        self.value = nn.Linear(size, size)
        self._heads = config["num_attention_heads"]
        self._scale = (size // self._heads) ** -0.5

    def __call__(self, states: mx.array, mask: mx.array) -> mx.array:
        """(rows, tokens, size) from states of that shape; `mask` (rows, 1, 1, tokens)."""
        queries, keys, values = (
            split_heads(layer(states), self._heads) for layer in (self.query, self.key, self.value)
        )
        return join_heads(attend(queries, keys, values, mask, self._scale))


class _Output(nn.Module):
    """A projection, added to what went in before and normalised."""

    def __init__(self, inputs: int, config: Mapping[str, Any]) -> None:
        super().__init__()
        self.dense = nn.Linear(inputs, config["hidden_size"])
        self.LayerNorm = nn.LayerNorm(config["hidden_size"], config["layer_norm_eps"])

    def __call__(self, states: mx.array, before: mx.array) -> mx.array:
        """(rows, tokens, size)"""
        return self.LayerNorm(self.dense(states) + before)


class _Attention(nn.Module):
    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        self.self = _SelfAttention(config)
        self.output = _Output(config["hidden_size"], config)


class _Intermediate(nn.Module):
    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        self.dense = nn.Linear(config["hidden_size"], config["intermediate_size"])


class _Layer(nn.Module):
    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        self.attention = _Attention(config)
        self.intermediate = _Intermediate(config)
        self.output = _Output(config["intermediate_size"], config)
        self._activation = activation(config["hidden_act"])

    def __call__(self, states: mx.array, mask: mx.array) -> mx.array:
        """(rows, tokens, size) from states of that shape; `mask` (rows, 1, 1, tokens)."""
        attended = self.attention.output(self.attention.self(states, mask), states)
        return self.output(self._activation(self.intermediate.dense(attended)), attended)


class _Layers(nn.Module):
    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        self.layer = [_Layer(config) for _ in range(config["num_hidden_layers"])]


class BertEncoder(nn.Module):
    PREFIXES = ("bert.", "roberta.", "xlm_roberta.")
    DEFAULTS: Mapping[str, Any] = {
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-12,
        "type_vocab_size": 2,
    }

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Raises RpcError `model_load_failed` for positions of other kinds."""
        super().__init__()
        kind = config.get("position_embedding_type", "absolute")
        if kind != "absolute":
            raise load_failed(f"config.json wants positions that are {kind!r}, not 'absolute'")
        config = {**self.DEFAULTS, **config}
        self.embeddings = _Embeddings(config)
        self.encoder = _Layers(config)

    def __call__(self, tokens: mx.array, lengths: mx.array, token_types: mx.array) -> mx.array:
        """(rows, tokens, size) from ids (rows, tokens), of which `lengths` (rows,) count."""
        mask = padding_mask(lengths, tokens.shape[1])
        states = self.embeddings(tokens, token_types)
        for layer in self.encoder.layer:
            states = layer(states, mask)
        return states
