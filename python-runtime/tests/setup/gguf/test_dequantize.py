"""Weights of blocks, value by value, against the package of the format's authors."""

from __future__ import annotations

from typing import Any

import gguf
import numpy as np
import pytest

from mlx_runtime.setup.gguf.block_types import BLOCK_TYPES, BlockType
from mlx_runtime.setup.gguf.dequantize import dequantize
from mlx_runtime.setup.gguf.packing import can_pack, pack
from mlx_runtime.setup.gguf.reader import Tensor

ROWS = 32
_KINDS = sorted(BLOCK_TYPES.items())


def random_tensor(kind: BlockType) -> Tensor:
    """Blocks of every pattern of bits, infinite scales among them."""
    columns = 4 * kind.weights if kind.weights > 1 else 64
    size = ROWS * columns // kind.weights * kind.nbytes
    data = np.random.default_rng(kind.nbytes).integers(0, 256, size, dtype=np.uint8)
    return Tensor("tensor", (ROWS, columns), kind, data)


@pytest.mark.parametrize(("number", "kind"), _KINDS, ids=[kind.name for _, kind in _KINDS])
def test_every_bit_is_that_of_the_reference(number: int, kind: BlockType) -> None:
    tensor = random_tensor(kind)
    plain = {"F32": np.float32, "F16": np.float16}.get(kind.name, np.uint8)
    stored: Any = tensor.data.reshape(ROWS, -1).view(plain)

    with np.errstate(all="ignore"):
        expected = gguf.quants.dequantize(stored, gguf.GGMLQuantizationType(number))
        weights = dequantize(tensor)

    expected = np.ascontiguousarray(expected, np.float32)
    np.testing.assert_array_equal(weights.view(np.uint32), expected.view(np.uint32))


def test_block_sizes_are_those_of_the_reference() -> None:
    for number, kind in _KINDS:
        sizes = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType(number)]
        assert (kind.weights, kind.nbytes) == sizes
        assert gguf.GGMLQuantizationType(number).name == kind.name


@pytest.mark.parametrize("name", ["Q4_0", "Q4_1", "Q8_0"])
def test_packed_blocks_stand_for_the_same_weights(name: str) -> None:
    tensor = random_tensor(next(kind for _, kind in _KINDS if kind.name == name))
    # Scales and minima of 1 to 2, as random bits may be no numbers.
    blocks = tensor.data.reshape(-1, tensor.kind.nbytes)
    blocks[:, 1] = 0x3C | (blocks[:, 1] & 0x3)
    if name == "Q4_1":
        blocks[:, 3] = 0x3C | (blocks[:, 3] & 0x3)

    assert can_pack(tensor)
    packed = pack(tensor)

    shifts = np.arange(0, 32, packed.bits, dtype=np.uint32)
    codes = (packed.weight[..., None] >> shifts) & (2**packed.bits - 1)
    codes = codes.reshape(ROWS, -1, 32).astype(np.float32)
    weights = codes * packed.scales.astype(np.float32)[..., None]
    weights += packed.biases.astype(np.float32)[..., None]
    np.testing.assert_array_equal(weights.reshape(tensor.shape), dequantize(tensor))
