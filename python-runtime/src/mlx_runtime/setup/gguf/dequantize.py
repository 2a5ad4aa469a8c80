"""Weights of GGUF blocks as float32, by ggml's own definition of each type.

Layouts: https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h. A block has a scale,
often a minimum, and codes of a few bits; those of the K types have sub-blocks of 16 or 32 with
scales of their own. Every function takes blocks (blocks, bytes) and returns (blocks, weights).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .reader import Tensor

Blocks = NDArray[Any]
"""Of uint8."""
Floats = NDArray[Any]
"""Of float32."""

_CHUNK_BLOCKS = 1 << 16
"""Worked on at once: what lies between bytes and weights takes a multiple of both."""


def dequantize(tensor: Tensor) -> Floats:
    """float32 of any shape, the tensor's own."""
    decode = _DECODERS[tensor.kind.name]
    blocks = tensor.data.reshape(-1, tensor.kind.nbytes)
    weights = np.empty((len(blocks), tensor.kind.weights), np.float32)
    for begin in range(0, len(blocks), _CHUNK_BLOCKS):
        chunk = slice(begin, begin + _CHUNK_BLOCKS)
        weights[chunk] = decode(blocks[chunk])
    return weights.reshape(tensor.shape)


def numbers(blocks: Blocks, dtype: str) -> NDArray[Any]:
    """The bytes of each block as numbers: (blocks, bytes) to (blocks, bytes / size)."""
    held: Any = np.ascontiguousarray(blocks)
    return held.view(dtype)


def half(blocks: Blocks, begin: int) -> Floats:
    """The float16 at a place of each block, (blocks, 1)."""
    return numbers(blocks[:, begin : begin + 2], "<f2").astype(np.float32)


def nibbles(packed: Blocks) -> Blocks:
    """(..., 2 n) from (..., n): all low halves, then all high ones."""
    return np.concatenate([packed & 0xF, packed >> 4], axis=-1)


def _f32(blocks: Blocks) -> Floats:
    return numbers(blocks, "<f4")


def _f16(blocks: Blocks) -> Floats:
    return numbers(blocks, "<f2").astype(np.float32)


def _bf16(blocks: Blocks) -> Floats:
    return (numbers(blocks, "<u2").astype(np.uint32) << 16).view(np.float32)


def _q4_0(blocks: Blocks) -> Floats:
    return half(blocks, 0) * (nibbles(blocks[:, 2:]).astype(np.float32) - 8)


def _q4_1(blocks: Blocks) -> Floats:
    return half(blocks, 0) * nibbles(blocks[:, 4:]).astype(np.float32) + half(blocks, 2)


def _fifth_bits(blocks: Blocks, begin: int) -> Blocks:
    """(blocks, 32): a bit of each weight, in its place above a nibble."""
    bits = numbers(blocks[:, begin : begin + 4], "<u4")
    return (((bits >> np.arange(32, dtype=np.uint32)) & 1) << 4).astype(np.uint8)


def _q5_0(blocks: Blocks) -> Floats:
    codes = nibbles(blocks[:, 6:]) | _fifth_bits(blocks, 2)
    return half(blocks, 0) * (codes.astype(np.float32) - 16)


def _q5_1(blocks: Blocks) -> Floats:
    codes = nibbles(blocks[:, 8:]) | _fifth_bits(blocks, 4)
    return half(blocks, 0) * codes.astype(np.float32) + half(blocks, 2)


def _q8_0(blocks: Blocks) -> Floats:
    return half(blocks, 0) * blocks[:, 2:].view(np.int8).astype(np.float32)


def _pairs_of_bits(packed: Blocks) -> Blocks:
    """(blocks, 256) from (blocks, 64): of 32 bytes the lowest pairs, then the next, twice."""
    shifts = np.array([0, 2, 4, 6], np.uint8)[:, None]
    return ((packed.reshape(-1, 2, 1, 32) >> shifts) & 3).reshape(len(packed), 256)


def _q2_k(blocks: Blocks) -> Floats:
    scales, codes = blocks[:, :16], _pairs_of_bits(blocks[:, 16:80])
    factors = half(blocks, 80) * (scales & 0xF).astype(np.float32)
    minima = half(blocks, 82) * (scales >> 4).astype(np.float32)
    values = codes.reshape(-1, 16, 16).astype(np.float32)
    return (factors[..., None] * values - minima[..., None]).reshape(-1, 256)


def _q3_k(blocks: Blocks) -> Floats:
    masks, codes, packed = blocks[:, :32], _pairs_of_bits(blocks[:, 32:96]), blocks[:, 96:108]
    low = nibbles(packed[:, :8])
    high = (packed[:, None, 8:] >> np.array([0, 2, 4, 6], np.uint8)[:, None]) & 3
    scales = (low | (high.reshape(-1, 16) << 4)).astype(np.float32) - 32
    bits = (masks[:, None, :] >> np.arange(8, dtype=np.uint8)[:, None]) & 1
    values = codes.astype(np.float32) - 4 * (1 - bits.reshape(-1, 256).astype(np.float32))
    factors = half(blocks, 108) * scales
    return (factors[..., None] * values.reshape(-1, 16, 16)).reshape(-1, 256)


def _six_bit_scales(packed: Blocks) -> tuple[Floats, Floats]:
    """Scales and minima of eight sub-blocks, (blocks, 8) each, from 12 bytes."""
    first, second, rest = packed[:, :4], packed[:, 4:8], packed[:, 8:]
    scales = np.concatenate([first & 0x3F, (rest & 0xF) | ((first >> 6) << 4)], axis=1)
    minima = np.concatenate([second & 0x3F, (rest >> 4) | ((second >> 6) << 4)], axis=1)
    return scales.astype(np.float32), minima.astype(np.float32)


def _with_minima(blocks: Blocks, codes: Blocks) -> Floats:
    """Of Q4_K and Q5_K, from codes (blocks, 8, 32)."""
    scales, minima = _six_bit_scales(blocks[:, 4:16])
    factors, offsets = half(blocks, 0) * scales, half(blocks, 2) * minima
    values = factors[..., None] * codes.astype(np.float32) - offsets[..., None]
    return values.reshape(-1, 256)


def _q4_k(blocks: Blocks) -> Floats:
    return _with_minima(blocks, nibbles(blocks[:, 16:].reshape(-1, 4, 32)).reshape(-1, 8, 32))


def _q5_k(blocks: Blocks) -> Floats:
    low = nibbles(blocks[:, 48:].reshape(-1, 4, 32)).reshape(-1, 8, 32)
    high = (blocks[:, None, 16:48] >> np.arange(8, dtype=np.uint8)[:, None]) & 1
    return _with_minima(blocks, low | (high << 4))


def _q6_k(blocks: Blocks) -> Floats:
    low = nibbles(blocks[:, :128].reshape(-1, 2, 64)).reshape(-1, 2, 4, 32)
    shifts = np.array([0, 2, 4, 6], np.uint8)[:, None]
    high = (blocks[:, 128:192].reshape(-1, 2, 1, 32) >> shifts) & 3
    codes = (low | (high << 4)).reshape(-1, 16, 16).astype(np.float32) - 32
    factors = half(blocks, 208) * blocks[:, 192:208].view(np.int8).astype(np.float32)
    return (factors[..., None] * codes).reshape(-1, 256)


_DECODERS: Mapping[str, Callable[[Blocks], Floats]] = {
    "F32": _f32,
    "F16": _f16,
    "BF16": _bf16,
    "Q4_0": _q4_0,
    "Q4_1": _q4_1,
    "Q5_0": _q5_0,
    "Q5_1": _q5_1,
    "Q8_0": _q8_0,
    "Q2_K": _q2_k,
    "Q3_K": _q3_k,
    "Q4_K": _q4_k,
    "Q5_K": _q5_k,
    "Q6_K": _q6_k,
}
