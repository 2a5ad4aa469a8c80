"""A GGUF file's tensors under mlx-lm's names, in what a safetensors file can hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...model.finite import all_finite
from .dequantize import dequantize, numbers
from .errors import GgufError
from .metadata import Metadata
from .names import ROPE_TENSORS, Family, module_name
from .packing import GROUP_SIZE, can_pack, pack
from .reader import Tensor
from .safetensors_file import Stored

_DTYPES = {"F16": "float16", "BF16": "bfloat16", "F32": "float32"}
_PLAIN: Mapping[str, Any] = {"F16": "<f2", "BF16": "<u2", "F32": "<f4"}


def main_dtype(tensors: Mapping[str, Tensor]) -> str:
    """`F16`, `BF16` or `F32`: what most weights are stored as; F16 where they are in blocks."""
    counts: Counter[str] = Counter()
    for tensor in tensors.values():
        if len(tensor.shape) > 1:
            counts[tensor.kind.name] += tensor.data.size
    (common, _), *_ = counts.most_common(1) or [("F16", 0)]
    return common if common in _DTYPES else "F16"


def dtype_name(kind: str) -> str:
    """As transformers names it."""
    return _DTYPES[kind]


def bits_of(tensors: Mapping[str, Tensor], family: Family) -> dict[str, int]:
    """Bits per weight of each module that stays packed, by mlx-lm's name."""
    return {
        module_name(name.removesuffix(".weight"), family): 8 if tensor.kind.name == "Q8_0" else 4
        for name, tensor in tensors.items()
        if can_pack(tensor)
    }


def quantization(bits: Mapping[str, int]) -> dict[str, Any] | None:
    """The commonest width for all, then every module that differs from it."""
    if not bits:
        return None
    common = Counter(bits.values()).most_common(1)[0][0]
    exceptions = {
        module: {"group_size": GROUP_SIZE, "bits": width}
        for module, width in sorted(bits.items())
        if width != common
    }
    return {"group_size": GROUP_SIZE, "bits": common, **exceptions}


def converted(
    tensors: Mapping[str, Tensor], metadata: Metadata, family: Family, *, packed: bool
) -> Iterator[tuple[Tensor, list[Stored]]]:
    """Each tensor of the file and what becomes of it; `packed`: blocks that MLX knows stay so.

    Raises GgufError, by name, for one with numbers that are not finite, or would not be.
    """
    dtype = main_dtype(tensors)
    heads = _interleaved_heads(metadata, family)
    for name, tensor in tensors.items():
        module, _, part = name.rpartition(".")
        if module in ROPE_TENSORS:
            continue
        target = f"{module_name(module, family)}."
        count = heads.get(module.rpartition(".")[2])
        if packed and can_pack(tensor):
            stored = _packed(tensor, target, count)
        else:
            offset = family.norm_offset if module.endswith("_norm") else 0.0
            stored = [_dense(tensor, f"{target}{part}", dtype, count, offset)]
        _require_finite(stored, tensor)
        yield tensor, stored


def _require_finite(stored: list[Stored], tensor: Tensor) -> None:
    if all(all_finite(part.values, part.dtype) for part in stored):
        return
    if all_finite(dequantize(tensor), "F32"):
        raise GgufError(
            f"GGUF tensor '{tensor.name}' holds numbers beyond 65,504, which float16 cannot hold. "
            "Take a file whose other weights are BF16 or F32"
        )
    raise GgufError(
        f"GGUF tensor '{tensor.name}' holds numbers that are NaN or infinite: the file is damaged, "
        "or was made of weights that are. Fetch it again, or take another one"
    )


def _interleaved_heads(metadata: Metadata, family: Family) -> dict[str, int]:
    if not family.interleaved:
        return {}
    heads = metadata.integer(metadata.own("attention.head_count"))
    return {
        "attn_q": heads,
        "attn_k": metadata.integer(metadata.own("attention.head_count_kv"), heads),
    }


def _packed(tensor: Tensor, target: str, heads: int | None) -> list[Stored]:
    held = pack(tensor)
    parts = [
        ("weight", "U32", held.weight),
        ("scales", "F16", held.scales),
        ("biases", "F16", held.biases),
    ]
    return [
        Stored(target + part, dtype, _rows(values, tensor, heads)) for part, dtype, values in parts
    ]


def _dense(tensor: Tensor, name: str, dtype: str, heads: int | None, offset: float) -> Stored:
    """As stored where that is what all weights are, else brought to it."""
    if tensor.kind.name == dtype and not offset:
        values: NDArray[Any] = tensor.data.view(_PLAIN[dtype]).reshape(tensor.shape)
    else:
        values = narrowed(dequantize(tensor) - np.float32(offset), dtype)
    return Stored(name, dtype, _rows(values, tensor, heads))


def narrowed(values: NDArray[np.float32], dtype: str) -> NDArray[Any]:
    """Of any shape, the same as before: bfloat16 as its bits, rounded to the nearest even."""
    if dtype == "F32":
        return values
    if dtype == "F16":
        # What becomes infinite is refused.
        with np.errstate(over="ignore"):
            return values.astype("<f2")
    bits = numbers(values, "<u4")
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2")


def _rows(values: NDArray[Any], tensor: Tensor, heads: int | None) -> NDArray[Any]:
    """Any shape, of the same: rows of rotary halves back in their order.

    llama.cpp interleaves the two halves of each head's rows; the inverse is
    reshape (heads, rows / heads / 2, 2, ...), swap the middle axes, flatten.
    """
    if heads is None:
        return values
    rows = values.shape[0]
    if rows % (2 * heads):
        raise GgufError(f"GGUF tensor '{tensor.name}' has {rows} rows for {heads} heads")
    split: Any = values.reshape(heads, rows // heads // 2, 2, *values.shape[1:])
    return split.swapaxes(1, 2).reshape(values.shape)
