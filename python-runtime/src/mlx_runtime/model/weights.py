"""Chooses what the weights are computed with, and turns them into it.

What a checkpoint stores is not what computes fastest: quantised products are
slow on a CPU and do not batch on CUDA, so there the weights become dense when
they fit. What stays quantised on a CPU is computed in float32 when that fits.
Apple's kernels compute on the stored form.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import mlx.core as mx
import numpy as np
from mlx import nn, utils

from ..errors import SERVER_ERROR, RpcError
from ..slices import Slices
from ..wire import WireDevice
from .finite import all_finite

_log = logging.getLogger(__name__)

_BITS: Mapping[mx.Dtype, tuple[str, mx.Dtype]] = {
    mx.float16: ("F16", mx.uint16),
    mx.bfloat16: ("BF16", mx.uint16),
    mx.float32: ("F32", mx.uint32),
}
"""What safetensors calls a type, and what its bits are read as."""
_NAMED = 5
"""Weights that are named where many are broken."""

Policy = Literal["auto", "stored", "dense"]
ReportBytes = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""

_USABLE = 0.9
"""Share of the device's memory that weights and caches may fill."""
_READ_AHEAD = 32
"""Weights under way at once: the device waits less between them."""


@dataclass(frozen=True, slots=True)
class MemoryNeed:
    stored_bytes: int
    parameter_count: int
    cache_bytes: int
    """Key-value caches and kept prefixes at full load."""

    def divided(self, ranks: int, parameter_count: int) -> MemoryNeed:
        """Of one of several ranks, which holds so many parameters."""
        stored = self.stored_bytes * parameter_count // max(1, self.parameter_count)
        return MemoryNeed(stored, parameter_count, self.cache_bytes // ranks)


def usable_bytes(device: WireDevice) -> int:
    """What weights, rows and kept prefixes may fill together."""
    return int(device.memory_bytes * _USABLE)


def memory_left(device: WireDevice) -> int:
    """The memory of a device of which as much is usable as is left of this one's."""
    return int(max(0, usable_bytes(device) - mx.get_active_memory()) / _USABLE)


def choose_dtype(policy: Policy, device: WireDevice, need: MemoryNeed) -> mx.Dtype | None:
    """The dense type to compute with, or None to keep what is stored.

    Raises RpcError `out_of_memory` when what was asked for does not fit.
    """
    usable = usable_bytes(device)
    dense = mx.float32 if device.kind == "cpu" else mx.bfloat16
    dense_bytes = need.parameter_count * dense.size
    if policy == "dense":
        _check_fits(dense_bytes, usable)
        return dense
    if policy == "auto" and device.kind == "cpu" and dense_bytes <= usable:
        return dense
    if policy == "auto" and device.kind == "cuda" and dense_bytes + need.cache_bytes <= usable:
        return dense
    _check_fits(need.stored_bytes, usable)
    return None


def _check_fits(needed: int, usable: int) -> None:
    if needed > usable:
        raise RpcError(
            SERVER_ERROR,
            f"The weights need {needed / 2**30:.1f} GiB and {usable / 2**30:.1f} GiB are usable: "
            "choose a smaller or more strongly quantised model",
            type="out_of_memory",
        )


def make_dense(model: nn.Module, dtype: mx.Dtype) -> None:
    """Replaces quantised layers by dense ones, without computing them yet.

    Scales are widened first: quantised values are then exact to the new type.
    """
    from mlx_lm.utils import dequantize_model

    _cast_floats(model, dtype)
    dequantize_model(model)
    _cast_floats(model, dtype)


def widen_quantised(model: nn.Module, usable: int) -> bool:
    """Has a quantised model compute in float32 what it keeps packed, where `usable` bytes hold it.

    On a CPU, MLX adds up a quantised product in the type of its input, which takes some 6 % of the
    accuracy of each in bfloat16, and is scalar code but in float32. Computes nothing yet; returns
    whether it did so. Dense models stay as they are: they would be twice as large.
    """
    untyped: Any = model
    if not any(hasattr(module, "bits") for _, module in untyped.named_modules()):
        return False
    needed = sum(
        value.size * mx.float32.size if mx.issubdtype(value.dtype, mx.floating) else value.nbytes
        for _, value in _leaves(model)
    )
    if needed > usable:
        return False
    _cast_floats(model, mx.float32)
    return True


def _cast_floats(model: nn.Module, dtype: mx.Dtype) -> None:
    def cast(value: mx.array) -> mx.array:
        return value.astype(dtype) if mx.issubdtype(value.dtype, mx.floating) else value

    untyped: Any = model
    trees: Any = utils
    untyped.update(trees.tree_map(cast, untyped.parameters()))


def reading_weights(model: nn.Module, report: ReportBytes) -> Slices[int]:
    """Reads and computes every weight, and tells of those that are no numbers; returns their bytes
    in memory."""
    leaves = _leaves(model)
    weights = [value for _, value in leaves]
    broken: list[str] = []
    # Where weights are in memory that the processor shares: it takes a tenth of reading them.
    looks = mx.default_device().type == mx.DeviceType.cpu or mx.metal.is_available()
    total = sum(value.nbytes for value in weights)
    done = 0
    for index, (name, value) in enumerate(leaves):
        mx.async_eval(weights[index : index + _READ_AHEAD])  # pyright: ignore[reportUnknownMemberType]
        mx.eval(value)  # pyright: ignore[reportUnknownMemberType]
        if looks and not is_finite(value):
            broken.append(name)
        done += value.nbytes
        report(done, total)
        yield
    if broken:
        _log.warning("numbers that are NaN or infinite are in %s", ", ".join(broken[:_NAMED]))
    return total


def is_finite(value: mx.array) -> bool:
    """Whether an array of any shape holds neither NaN nor infinities; the processor looks."""
    if value.dtype not in _BITS:
        return True
    name, bits = _BITS[value.dtype]
    numpy: Any = np
    return all_finite(numpy.asarray(value.view(bits)), name)


def describe_weights(model: nn.Module, config: Mapping[str, Any]) -> str:
    """Such as `4-bit`, or the type of dense weights."""
    untyped: Any = model
    modules = untyped.named_modules()
    quantised: set[int] = {module.bits for _, module in modules if hasattr(module, "bits")}
    if quantised:
        quantization: dict[str, Any] = config.get("quantization") or {}
        return f"{quantization.get('bits', min(quantised))}-bit"
    sizes: dict[str, int] = {}
    for _, value in _leaves(model):
        name = str(value.dtype).removeprefix("mlx.core.")
        sizes[name] = sizes.get(name, 0) + value.nbytes
    return max(sizes, key=lambda name: sizes[name])


def _leaves(model: nn.Module) -> list[tuple[str, mx.array]]:
    trees: Any = utils
    return trees.tree_flatten(model.parameters())
