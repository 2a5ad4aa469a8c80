"""Adapters with random weights, in the files of mlx-lm, and models with them fused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mlx.core as mx
from mlx.utils import tree_flatten, tree_unflatten
from mlx_lm.tuner import utils

tuner: Any = utils


def write_adapter(
    directory: Path,
    model: Any,
    seed: int,
    *,
    kind: str = "lora",
    keys: list[str] | None = None,
    rank: int = 4,
) -> Path:
    """`model` is changed; `keys`: layers within a block, or paths outside of them; None: all."""
    mx.random.seed(seed)
    parameters = {"rank": rank, "scale": 2.0, "dropout": 0.0, "keys": keys}
    tuner.linear_to_lora_layers(model, -1, parameters, use_dora=kind == "dora")
    leaves: Any = tree_flatten(model.parameters())
    weights = {
        name: value * mx.random.uniform(0.7, 1.3, value.shape)
        if name.endswith(".m")
        else mx.random.normal(value.shape) * 0.15
        for name, value in leaves
        if name.endswith((".lora_a", ".lora_b", ".m"))
    }
    return save_adapter(
        directory,
        weights,
        {"fine_tune_type": kind, "num_layers": -1, "lora_parameters": parameters},
    )


def save_adapter(
    directory: Path,
    weights: Mapping[str, mx.array],
    config: Mapping[str, Any],
    file: str = "adapters.safetensors",
) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    mx.save_safetensors(str(directory / file), dict(weights))
    (directory / "adapter_config.json").write_text(json.dumps(config))
    return directory


def fuse_adapter(model: Any, directory: Path) -> Any:
    """The model after mlx-lm has loaded the adapter and fused it."""
    tuner.load_adapters(model, str(directory))
    fused = [
        (name, module.fuse(dequantize=True))
        for name, module in model.named_modules()
        if hasattr(module, "fuse")
    ]
    assert fused
    model.update_modules(tree_unflatten(fused))
    return model
