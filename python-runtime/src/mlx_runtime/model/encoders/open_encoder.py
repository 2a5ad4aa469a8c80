"""Opens an encoder and the head that it may have, before any weight is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import mlx.core as mx
from mlx import nn

from ..weight_files import load_failed
from .bert import BertEncoder
from .classifiers import BertClassifier, ModernBertClassifier, RobertaClassifier
from .configuration import label_count
from .gemma import GemmaEncoder
from .modernbert import ModernBertEncoder

_ENCODERS: Mapping[str, Any] = {
    "bert": BertEncoder,
    "roberta": BertEncoder,
    "xlm-roberta": BertEncoder,
    "modernbert": ModernBertEncoder,
    "gemma3_text": GemmaEncoder,
}
_CLASSIFIERS: Mapping[str, Any] = {
    "bert": BertClassifier,
    "roberta": RobertaClassifier,
    "xlm-roberta": RobertaClassifier,
    "modernbert": ModernBertClassifier,
}
_JUDGES = "ForSequenceClassification"


class Encoder(nn.Module):
    """States of tokens, and of whole texts a judgement where there is a head for it."""

    def __init__(self, states: nn.Module, head: nn.Module | None, size: int, types: int) -> None:
        """`size`: of a state; `types`: of tokens that there are embeddings for."""
        super().__init__()
        self.states = states
        self.head = head
        self.size = size
        self._types = types

    @property
    def judges(self) -> bool:
        return self.head is not None

    def encode(self, tokens: mx.array, lengths: mx.array, token_types: mx.array) -> mx.array:
        """(rows, tokens, size) from ids (rows, tokens), of which `lengths` (rows,) count."""
        known = token_types if self._types > 1 else mx.zeros_like(token_types)
        untyped: Any = self.states
        return untyped(tokens, lengths, known)

    def judge(self, tokens: mx.array, lengths: mx.array, token_types: mx.array) -> mx.array:
        """(rows,): one number for each text; other shapes as `encode` has them."""
        head: Any = self.head
        return head(self.encode(tokens, lengths, token_types), lengths)[:, 0]


def open_encoder(config: Mapping[str, Any], files: Sequence[Path]) -> Encoder:
    """Its weights are read when they are used. Raises RpcError `model_load_failed`."""
    model_type: str = config["model_type"]
    states = _ENCODERS[model_type](config)
    head = _classifier(config)
    encoder = Encoder(states, head, config["hidden_size"], int(config.get("type_vocab_size", 2)))
    weights = _named(_read(files), states.PREFIXES, head)
    _quantize(encoder, config, weights)
    encoder.load_weights(list(weights.items()), strict=True)  # pyright: ignore[reportUnknownMemberType]
    return encoder.eval()  # pyright: ignore[reportReturnType]


def _classifier(config: Mapping[str, Any]) -> nn.Module | None:
    architectures: list[str] = config.get("architectures") or []
    judging = [name for name in architectures if name.endswith(_JUDGES)]
    if not judging:
        return None
    labels = label_count(config)
    if labels != 1:
        raise load_failed(
            f"{judging[0]} sorts texts into {labels} classes; of such models those with one, "
            "which rerank, are served"
        )
    return _CLASSIFIERS[config["model_type"]](config)


def _read(files: Sequence[Path]) -> dict[str, mx.array]:
    weights: dict[str, mx.array] = {}
    for file in files:
        weights.update(mx.load(str(file)))  # pyright: ignore[reportArgumentType, reportCallIssue]
    return weights


def _named(
    weights: Mapping[str, mx.array], prefixes: Sequence[str], head: nn.Module | None
) -> dict[str, mx.array]:
    """By the names of our modules; what belongs to a head that was only trained with is left
    out."""
    children: dict[str, Any] = {} if head is None else dict(head.children())  # pyright: ignore[reportUnknownArgumentType]
    of_head = tuple(f"{name}." for name in children)
    named: dict[str, mx.array] = {}
    for name, weight in weights.items():
        inner = next((name.removeprefix(p) for p in prefixes if name.startswith(p)), name)
        if inner.startswith(of_head or ("\0",)):
            named[f"head.{inner}"] = weight
        elif not inner.startswith(_TRAINED_WITH) and not inner.endswith(".position_ids"):
            named[f"states.{inner}"] = weight
    return named


_TRAINED_WITH = ("cls.", "lm_head.", "pooler.", "classifier.", "head.", "decoder.", "dense.")


def _quantize(encoder: Encoder, config: Mapping[str, Any], weights: Mapping[str, mx.array]) -> None:
    """Prepares for packed weights what has scales."""
    quantization: dict[str, Any] | None = config.get("quantization")
    if quantization is None:
        return
    nn.quantize(
        encoder,
        int(quantization["group_size"]),
        int(quantization["bits"]),
        mode=quantization.get("mode", "affine"),
        class_predicate=lambda path, _: f"{path}.scales" in weights,
    )
