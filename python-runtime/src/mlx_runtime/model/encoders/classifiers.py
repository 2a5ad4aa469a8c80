"""Heads that judge a text as a whole: what makes an encoder a cross-encoder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mlx.core as mx
from mlx import nn

from .layers import activation, mean_over
from .modernbert import ModernBertEncoder, layer_norm


class BertClassifier(nn.Module):
    """Reads the state of the first token, after BERT's pooler."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        self.pooler = _Dense(config["hidden_size"])
        self.classifier = nn.Linear(config["hidden_size"], 1)

    def __call__(self, states: mx.array, lengths: mx.array) -> mx.array:
        """(rows, 1) from states (rows, tokens, size)."""
        del lengths
        return self.classifier(mx.tanh(self.pooler.dense(states[:, 0])))


class RobertaClassifier(nn.Module):
    """Reads the state of the first token, with two layers of its own."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        self.classifier = _TwoLayers(config["hidden_size"])

    def __call__(self, states: mx.array, lengths: mx.array) -> mx.array:
        """(rows, 1) from states (rows, tokens, size)."""
        del lengths
        return self.classifier.out_proj(mx.tanh(self.classifier.dense(states[:, 0])))


class ModernBertClassifier(nn.Module):
    """Reads the first state or the mean of all, as the configuration says."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        self.head = _Head({**ModernBertEncoder.DEFAULTS, **config})
        self.classifier = nn.Linear(config["hidden_size"], 1)
        self._mean = config.get("classifier_pooling", "cls") == "mean"

    def __call__(self, states: mx.array, lengths: mx.array) -> mx.array:
        """(rows, 1) from states (rows, tokens, size), of which `lengths` (rows,) count."""
        pooled = mean_over(states, lengths) if self._mean else states[:, 0]
        return self.classifier(self.head(pooled))


class _Dense(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.dense = nn.Linear(size, size)


class _TwoLayers(_Dense):
    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.out_proj = nn.Linear(size, 1)


class _Head(nn.Module):
    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        size = config["hidden_size"]
        self.dense = nn.Linear(size, size, bias=config.get("classifier_bias", False))
        self.norm = layer_norm(config)
        self._activation = activation(config.get("classifier_activation", "gelu"))

    def __call__(self, pooled: mx.array) -> mx.array:
        """(rows, size)"""
        return self.norm(self._activation(self.dense(pooled)))
