"""Reads an adapter's directory, as mlx-lm and PEFT write them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlx.core as mx

from ..weight_files import headers, load_failed, read_object
from .low_rank import LowRank
from .mlx_format import from_mlx
from .peft_format import from_peft

_CONFIG = "adapter_config.json"
_MLX_FILE = "adapters.safetensors"
_PEFT_FILE = "adapter_model.safetensors"
_PICKLE = "adapter_model.bin"
_BLOCK = 1 << 20
_READABLE = {"F16", "F32", "BF16"}


@dataclass(frozen=True, slots=True)
class AdapterDirectory:
    path: Path
    config: dict[str, Any]
    weights: Path
    key: str
    """A digest of both files."""

    @property
    def is_peft(self) -> bool:
        return "peft_type" in self.config


def open_adapter_directory(path: str) -> AdapterDirectory:
    """Raises RpcError `model_load_failed` for anything but plain weights and JSON."""
    directory = Path(path)
    if not directory.is_dir():
        raise load_failed(f"{path} is not a directory")
    config = read_object(directory / _CONFIG)
    if config is None:
        raise load_failed(f"{path} has no {_CONFIG}: it holds no adapter")
    weights = directory / (_PEFT_FILE if "peft_type" in config else _MLX_FILE)
    if not weights.is_file():
        raise load_failed(f"{path} has no {weights.name}{_instead(directory)}")
    return AdapterDirectory(directory, config, weights, _digest(directory / _CONFIG, weights))


def read_adapter(directory: AdapterDirectory) -> Mapping[str, LowRank]:
    """What it adds, by the names that it gives to layers; nothing is computed yet.

    Raises RpcError `model_load_failed` for what would be computed otherwise than it was trained.
    """
    for _, header in headers([directory.weights]):
        for name, tensor in header.items():
            if tensor.dtype not in _READABLE:
                raise load_failed(
                    f"{directory.weights}: {name} has the type {tensor.dtype}; "
                    f"adapters are read from {', '.join(sorted(_READABLE))}"
                )
    tensors: Any = mx.load(str(directory.weights))
    read = from_peft if directory.is_peft else from_mlx
    layers = read(tensors, directory.config)
    if not layers:
        raise load_failed(f"{directory.weights} holds no adapted layer")
    return layers


def _instead(directory: Path) -> str:
    if (directory / _PICKLE).exists():
        return (
            f" but pickled weights ({_PICKLE}), which can run code and are never read. "
            "Save the adapter as safetensors"
        )
    return ""


def _digest(*files: Path) -> str:
    state = hashlib.blake2b(digest_size=16)
    for file in files:
        with file.open("rb") as content:
            while block := content.read(_BLOCK):
                state.update(block)
    return state.hexdigest()
