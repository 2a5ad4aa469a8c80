"""Adapters as Hugging Face's PEFT writes them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, cast

import mlx.core as mx

from ..weight_files import load_failed
from .low_rank import LowRank
from .tensor_groups import grouped

_PREFIX = "base_model.model."
_ENDINGS = {
    ".lora_A.weight": "a",
    ".lora_B.weight": "b",
    ".lora_magnitude_vector.weight": "magnitude",
    # As older versions name it.
    ".lora_magnitude_vector": "magnitude",
}
_CHANGES_MORE = ("modules_to_save", "trainable_token_indices", "target_parameters", "lora_bias")
"""What trains other numbers than those of low-rank products."""
_PLAIN = re.compile(r"[\w.^$\\\[\]\-|*+]+")
_REPEATS = re.compile(r"[*+]")
_MOST_REPEATS = 3


def from_peft(tensors: Mapping[str, mx.array], config: Mapping[str, Any]) -> dict[str, LowRank]:
    """By the names that transformers gives to layers.

    Raises RpcError `model_load_failed`.
    """
    _refuse_others(config)
    layers: dict[str, LowRank] = {}
    for name, parts in grouped(tensors, _ENDINGS).items():
        path = name.removeprefix(_PREFIX)
        a, b = parts["a"].astype(mx.float32), parts["b"].astype(mx.float32)
        if a.ndim != b.ndim or a.shape[0] != b.shape[-1]:
            raise load_failed(f"The adapter's {name} has shapes that do not belong together")
        scale = _scale(path, a.shape[0], config)
        magnitude = parts.get("magnitude")
        # (rank, in) and (out, rank) there.
        layers[path] = LowRank(
            a.T, b.T * scale, None if magnitude is None else magnitude.astype(mx.float32).flatten()
        )
    return layers


def _refuse_others(config: Mapping[str, Any]) -> None:
    kind = config.get("peft_type")
    if kind != "LORA":
        raise load_failed(f"The adapter is of PEFT's kind {kind}; LORA is supported")
    if config.get("bias", "none") != "none":
        raise load_failed("The adapter trains biases, which is not supported; bias must be none")
    for option in _CHANGES_MORE:
        if config.get(option):
            raise load_failed(f"The adapter was trained with {option}, which is not supported")


def _scale(path: str, rank: int, config: Mapping[str, Any]) -> float:
    alpha = _alpha(path, config)
    return alpha / math.sqrt(rank) if config.get("use_rslora") else alpha / rank


def _alpha(path: str, config: Mapping[str, Any]) -> float:
    """The layer's own where a pattern fits its name or the end of it."""
    patterns: Any = config.get("alpha_pattern") or {}
    found = next(
        (
            value
            for pattern, value in cast("dict[str, Any]", patterns).items()
            if _fits(pattern, path)
        ),
        config.get("lora_alpha"),
    )
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise load_failed("adapter_config.json names no lora_alpha")
    return float(found)


def _fits(pattern: str, path: str) -> bool:
    if pattern == path or path.endswith(f".{pattern}"):
        return True
    # Patterns are regular expressions, and those of a file may be made to take for ever.
    if _PLAIN.fullmatch(pattern) is None or len(_REPEATS.findall(pattern)) > _MOST_REPEATS:
        raise load_failed(f"adapter_config.json has an alpha_pattern that is not read: {pattern}")
    try:
        return re.search(rf"(?:^|\.)(?:{pattern})$", path) is not None
    except re.error as error:
        raise load_failed(f"adapter_config.json has a broken alpha_pattern: {error}") from error
