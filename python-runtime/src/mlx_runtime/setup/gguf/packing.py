"""GGUF blocks of 32 weights that MLX can hold as they are, in its affine groups.

No weight changes its value but by the rounding of an offset to float16.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .dequantize import nibbles, numbers
from .reader import Tensor

GROUP_SIZE = 32
"""Weights per scale in every block format that is kept packed."""

_BITS = {"Q4_0": 4, "Q4_1": 4, "Q8_0": 8}


@dataclass(frozen=True, slots=True)
class Packed:
    bits: int
    weight: NDArray[np.uint32]
    """(rows, columns * bits / 32)"""
    scales: NDArray[np.float16]
    """(rows, columns / 32), as `biases`: a weight is scale * code + bias."""
    biases: NDArray[np.float16]


def can_pack(tensor: Tensor) -> bool:
    return tensor.kind.name in _BITS and len(tensor.shape) == len(("row", "column"))


def pack(tensor: Tensor) -> Packed:
    """For tensors that `can_pack` allows."""
    blocks = tensor.data.reshape(-1, tensor.kind.nbytes)
    rows = tensor.shape[0]
    scales = numbers(blocks[:, :2], "<f2")
    match tensor.kind.name:
        case "Q4_0":
            codes, biases = nibbles(blocks[:, 2:]), -8 * scales
        case "Q4_1":
            codes, biases = nibbles(blocks[:, 4:]), numbers(blocks[:, 2:4], "<f2")
        case _:
            # Signed bytes, counted from the smallest.
            codes, biases = blocks[:, 2:] ^ 0x80, -128 * scales
    bits = _BITS[tensor.kind.name]
    if bits == _BITS["Q4_0"]:
        codes = codes[:, 0::2] | (codes[:, 1::2] << 4)
    weight = numbers(codes, "<u4").reshape(rows, -1)
    return Packed(bits, weight, scales.reshape(rows, -1), biases.reshape(rows, -1))
