"""Adapters as `mlx_lm.lora` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import mlx.core as mx

from ..weight_files import load_failed
from .low_rank import LowRank
from .tensor_groups import grouped

_ENDINGS = {".lora_a": "a", ".lora_b": "b", ".m": "magnitude"}
_EXPERT_AXES = 3


def from_mlx(tensors: Mapping[str, mx.array], config: Mapping[str, Any]) -> dict[str, LowRank]:
    """By the path of a layer. Ranks may differ from layer to layer.

    Raises RpcError `model_load_failed`.
    """
    kind = config.get("fine_tune_type", "lora")
    if kind not in ("lora", "dora"):
        raise load_failed(f"The adapter is of the kind '{kind}'; lora and dora are supported")
    scale = _scale(config)
    return {path: _layer(path, parts, scale) for path, parts in grouped(tensors, _ENDINGS).items()}


def _layer(path: str, parts: Mapping[str, mx.array], scale: float) -> LowRank:
    a, b = parts["a"].astype(mx.float32), parts["b"].astype(mx.float32)
    if a.ndim == _EXPERT_AXES:
        # Of experts (experts, rank, in) and (experts, out, rank).
        a, b = mx.swapaxes(a, 1, 2), mx.swapaxes(b, 1, 2)
    if a.ndim != b.ndim or a.shape[-1] != b.shape[-2]:
        raise load_failed(f"The adapter's {path} has shapes that do not belong together")
    magnitude = parts.get("magnitude")
    return LowRank(a, b * scale, None if magnitude is None else magnitude.astype(mx.float32))


def _scale(config: Mapping[str, Any]) -> float:
    parameters = config.get("lora_parameters")
    named = cast("dict[str, Any]", parameters) if isinstance(parameters, dict) else {}
    scale = named.get("scale")
    if isinstance(scale, bool) or not isinstance(scale, int | float):
        raise load_failed(
            "adapter_config.json names no lora_parameters.scale; where it was trained with an "
            "alpha, that is alpha / rank"
        )
    return float(scale)
