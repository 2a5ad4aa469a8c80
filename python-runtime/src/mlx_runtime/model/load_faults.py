"""Says in words of a model's files why mlx-lm could not load them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from .weight_files import Header, load_failed

_LACKING = re.compile(r"missing \d+ required \S+ arguments?: (.+)")
_MISFITS = ("Missing ", "Received ", "Expected shape")
_OF_VALUES = (TypeError, ArithmeticError, AssertionError, AttributeError, MemoryError)
_LONGEST_REASON = 300
_LAYERS = frozenset({"num_hidden_layers", "n_layers", "n_layer", "num_layers"})
_SIZES = _LAYERS | {
    "hidden_size",
    "intermediate_size",
    "num_attention_heads",
    "vocab_size",
}
_PACKED = ("awq", "gptq")
# What mlx reads, floats of eight bits as bytes.
_TYPES = frozenset(
    {"BOOL", "C64", "BF16", "F16", "F32", "F8_E4M3", "F8_E8M0"}
    | {f"{sign}{bits}" for sign in "UI" for bits in (8, 16, 32, 64)}
)


def reason_of(error: Exception | SystemExit, config: Mapping[str, Any]) -> str:
    """Of what a malformed checkpoint makes mlx-lm raise, in one line."""
    if isinstance(error, SystemExit):
        return (
            f"'{config.get('model_type')}' needs a Python package that the set-up does not install"
        )
    text = str(error)
    lacking = _LACKING.search(text)
    if isinstance(error, TypeError) and lacking is not None:
        return f"config.json lacks {lacking[1]}"
    if isinstance(error, KeyError):
        return f"config.json or the weight files lack {text}"
    if isinstance(error, ValueError) and text.startswith(_MISFITS):
        return f"its weight files do not fit its config.json: {' '.join(text.split())}"
    return _of_values(error, config)


def _of_values(error: Exception, config: Mapping[str, Any]) -> str:
    sizes = ", ".join(_implausible(config))
    if sizes:
        return (
            f"config.json has {sizes}, and sizes are whole numbers above 0. Fetch the model again"
        )
    words = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".:")
    if isinstance(error, _OF_VALUES):
        return f"config.json has values that make no model: {_short(words)}. Fetch the model again"
    return _short(words)


def refuse_layers(path: Path, config: Mapping[str, Any], tensors: int) -> None:
    """Raises RpcError `model_load_failed` for more layers than there are tensors: mlx-lm would make
    each of them before it looks at the weights."""
    for key, value in _sizes(config):
        if key in _LAYERS and isinstance(value, (int, float)) and value > tensors:
            raise load_failed(
                f"{path / 'config.json'} has {key} = {_short(repr(value))}, and there are "
                f"no more than {tensors} tensors in the weight files. Fetch the model again"
            )


def _implausible(config: Mapping[str, Any]) -> Iterator[str]:
    for key, value in _sizes(config):
        if key in _SIZES and not (isinstance(value, int) and value > 0):
            yield f"{key} = {_short(repr(value))}"


def _sizes(config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Of the model, and of the language model in it."""
    inner: Any = config.get("text_config")
    yield from config.items()
    if isinstance(inner, dict):
        yield from cast("dict[str, Any]", inner).items()


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST_REASON else f"{words[:_LONGEST_REASON]}…"


def refuse_unreadable(headers: Sequence[tuple[Path, Header]]) -> None:
    """Raises RpcError `model_load_failed` for tensors of types that MLX does not read."""
    for path, header in headers:
        for name, tensor in header.items():
            if tensor.dtype not in _TYPES:
                raise load_failed(f"{path} holds {name} as {tensor.dtype}, which MLX does not read")


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
