"""The tensors of an adapter's file, by the layer that they belong to."""

from __future__ import annotations

from collections.abc import Mapping

import mlx.core as mx

from ..weight_files import load_failed


def grouped(
    tensors: Mapping[str, mx.array], endings: Mapping[str, str]
) -> dict[str, dict[str, mx.array]]:
    """By layer, then by what `endings` of names stand for.

    Raises RpcError `model_load_failed` for a name without such an ending, and for a layer
    without both of its factors, which would change nothing.
    """
    layers: dict[str, dict[str, mx.array]] = {}
    for name, tensor in tensors.items():
        ending = next((ending for ending in endings if name.endswith(ending)), None)
        if ending is None:
            raise load_failed(f"The adapter holds {name}, which is no part of LoRA or DoRA")
        layers.setdefault(name.removesuffix(ending), {})[endings[ending]] = tensor
    for path, parts in layers.items():
        if "a" not in parts or "b" not in parts:
            raise load_failed(f"The adapter has only one of the two factors of {path}")
    return layers
