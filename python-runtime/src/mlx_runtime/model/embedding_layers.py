"""Dense layers that sentence-transformers apply to pooled vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file  # pyright: ignore[reportUnknownVariableType]

from ..pooling import Projection

_ACTIVATIONS: dict[str, Literal["identity", "tanh"]] = {"Identity": "identity", "Tanh": "tanh"}
_WEIGHT, _BIAS = "linear.weight", "linear.bias"


class UnusableLayer(Exception):
    """The files of a layer are missing, or want what is not known here."""


class _Config(msgspec.Struct):
    in_features: int
    out_features: int
    bias: bool = True
    activation_function: str = "torch.nn.modules.activation.Tanh"


def read_projection(folder: Path) -> Projection:
    """Raises UnusableLayer."""
    try:
        config = msgspec.json.decode((folder / "config.json").read_bytes(), type=_Config)
        weights: dict[str, NDArray[Any]] = load_file(folder / "model.safetensors")
    except (OSError, msgspec.DecodeError, SafetensorError, TypeError, KeyError) as error:
        raise UnusableLayer(f"its layer {folder.name} cannot be read: {error}") from error
    name = config.activation_function.split(".")[-1]
    if name not in _ACTIVATIONS:
        raise UnusableLayer(f"its layer {folder.name} wants the activation {name!r}")
    weight = weights.get(_WEIGHT)
    if weight is None or weight.shape != (config.out_features, config.in_features):
        raise UnusableLayer(f"the weights of its layer {folder.name} do not fit its config.json")
    bias = weights.get(_BIAS)
    return Projection(
        weight.astype(np.float32),
        None if bias is None else bias.astype(np.float32),
        _ACTIVATIONS[name],
    )
