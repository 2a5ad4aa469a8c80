"""Arithmetic on token ids."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

WORTH_SHARING = 16
"""Tokens. Fewer cost less to compute again than to look up or to copy."""


def common_prefix(
    left: NDArray[np.int32] | Sequence[int], right: NDArray[np.int32] | Sequence[int]
) -> int:
    """Length of the common prefix of two token sequences, each (tokens,)."""
    length = min(len(left), len(right))
    equal = np.asarray(left[:length]) == np.asarray(right[:length])
    return length if equal.all() else int(np.argmin(equal))
