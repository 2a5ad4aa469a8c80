"""Whether weights are numbers, told by their bits: neither NaN nor infinite.

In IEEE 754 these have an exponent of ones, so that the magnitudes of all other numbers are smaller
when they are read as integers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_INFINITY: Mapping[str, int] = {"F16": 0x7C00, "BF16": 0x7F80, "F32": 0x7F80_0000}
_CHUNK = 1 << 20
"""Numbers that are looked at together: what lies between stays in the processor's cache."""


def all_finite(values: NDArray[Any], dtype: str) -> bool:
    """`values`: of any shape; `dtype` as safetensors names it, those that numpy lacks as bits.

    Other types than these three hold nothing but finite numbers, or are not looked at.
    """
    if dtype not in _INFINITY:
        return True
    size = values.dtype.itemsize
    bits: Any = np.ascontiguousarray(values).reshape(-1).view(f"<u{size}")
    magnitude = (1 << (8 * size - 1)) - 1
    return all(
        (bits[begin : begin + _CHUNK] & magnitude).max() < _INFINITY[dtype]
        for begin in range(0, bits.size, _CHUNK)
    )
