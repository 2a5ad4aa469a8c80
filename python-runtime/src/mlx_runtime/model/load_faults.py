"""Says in words of a model's files why mlx-lm could not load them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from .weight_files import Header, load_failed

_LACKING = re.compile(r"missing \d+ required \S+ arguments?: (.+)")
_MISFITS = ("Missing ", "Received ", "Expected shape")
_PACKED = ("awq", "gptq")
# What mlx reads, floats of eight bits as bytes.
_TYPES = frozenset(
    {"BOOL", "C64", "BF16", "F16", "F32", "F8_E4M3", "F8_E8M0"}
    | {f"{sign}{bits}" for sign in "UI" for bits in (8, 16, 32, 64)}
)


def reason_of(error: Exception) -> str:
    """Of what a malformed checkpoint makes mlx-lm raise."""
    text = str(error)
    lacking = _LACKING.search(text)
    if isinstance(error, TypeError) and lacking is not None:
        return f"config.json lacks {lacking[1]}"
    if isinstance(error, KeyError):
        return f"config.json or the weight files lack {text}"
    if isinstance(error, ValueError) and text.startswith(_MISFITS):
        return f"its weight files do not fit its config.json: {text}"
    return text or type(error).__name__


def refuse_unreadable(headers: Sequence[tuple[Path, Header]]) -> None:
    """Raises RpcError `model_load_failed` for tensors of types that MLX does not read."""
    for path, header in headers:
        for name, tensor in header.items():
            kind = tensor.get("dtype") if name != "__metadata__" else "F32"
            if kind not in _TYPES:
                raise load_failed(f"{path} holds {name} as {kind}, which MLX does not read")


def refuse_unpacked(path: Path, config: Mapping[str, Any], names: Collection[str]) -> None:
    """Raises RpcError `model_load_failed` for weights that are not packed as the configuration
    says."""
    declared: Any = config.get("quantization_config")
    method = cast("Any", declared).get("quant_method") if isinstance(declared, dict) else None
    if method not in _PACKED or "quantization" in config:
        return
    if not any(name.endswith(".qweight") for name in names):
        raise load_failed(
            f"{path / 'config.json'} says that the weights are packed by {method}, but the weight "
            "files have no *.qweight. Take quantization_config out if they are plain"
        )
