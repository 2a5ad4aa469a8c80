"""The ways in which GGUF files store weights: which are read, and how large their blocks are."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import GgufError


@dataclass(frozen=True, slots=True)
class BlockType:
    name: str
    weights: int
    """Of a block; 1 where weights are plain numbers."""
    nbytes: int
    """Of a block."""


BLOCK_TYPES = {
    0: BlockType("F32", 1, 4),
    1: BlockType("F16", 1, 2),
    2: BlockType("Q4_0", 32, 18),
    3: BlockType("Q4_1", 32, 20),
    6: BlockType("Q5_0", 32, 22),
    7: BlockType("Q5_1", 32, 24),
    8: BlockType("Q8_0", 32, 34),
    10: BlockType("Q2_K", 256, 84),
    11: BlockType("Q3_K", 256, 110),
    12: BlockType("Q4_K", 256, 144),
    13: BlockType("Q5_K", 256, 176),
    14: BlockType("Q6_K", 256, 210),
    30: BlockType("BF16", 1, 2),
}

_OTHERS = {
    9: "Q8_1",
    15: "Q8_K",
    16: "IQ2_XXS",
    17: "IQ2_XS",
    18: "IQ3_XXS",
    19: "IQ1_S",
    20: "IQ4_NL",
    21: "IQ3_S",
    22: "IQ2_S",
    23: "IQ4_XS",
    24: "I8",
    25: "I16",
    26: "I32",
    27: "I64",
    28: "F64",
    29: "IQ1_M",
    34: "TQ1_0",
    35: "TQ2_0",
    39: "MXFP4",
    40: "NVFP4",
    41: "Q1_0",
}


def block_type(number: int, tensor: str) -> BlockType:
    """Raises GgufError, by name, for a type that is not read."""
    found = BLOCK_TYPES.get(number)
    if found is None:
        named = _OTHERS.get(number, f"number {number}")
        known = ", ".join(kind.name for kind in BLOCK_TYPES.values())
        raise GgufError(
            f"GGUF tensor '{tensor}' is stored as {named}, which is not read. Take a file of "
            f"another quantisation: {known}"
        )
    return found
