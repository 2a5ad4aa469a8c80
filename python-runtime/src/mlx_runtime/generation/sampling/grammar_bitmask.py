"""The masks of a batch's constrained rows: made on the host while the device computes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import mlx.core as mx
import numpy as np

from ...grammar import TokenRules
from ...grammar.constraint import ALL_ALLOWED, Bitmask, bitmask_words
from ..host_arrays import Floats

Bitmasks = Mapping[int, Bitmask]
"""By index of the row; rows without a grammar have none."""


def bitmasks_of(constraints: Sequence[TokenRules | None], vocabulary: int) -> Bitmasks:
    """Bits of the tokens that may come next, (bitmask_words(vocabulary),) for each row.

    Works for milliseconds: start the forward pass before.
    """
    bitmasks: dict[int, Bitmask] = {}
    for index, constraint in enumerate(constraints):
        if constraint is not None:
            bitmasks[index] = np.zeros(bitmask_words(vocabulary), dtype=np.uint32)
            constraint.write_mask(bitmasks[index])
    return bitmasks


def masked(logits: Floats, mask: Bitmask) -> Floats:
    """A copy of one row's logits, (vocabulary,), with minus infinity for what may not come."""
    allowed = np.unpackbits(mask.view(np.uint8), count=len(logits), bitorder="little")
    return np.where(allowed.view(np.bool_), logits, np.float32(-np.inf))


def masked_on_device(logits: mx.array, masks: Bitmasks) -> mx.array:
    """The same for a whole batch: logits (rows, vocabulary)."""
    rows, vocabulary = logits.shape
    words = np.full((rows, bitmask_words(vocabulary)), ALL_ALLOWED)
    for index, mask in masks.items():
        words[index] = mask
    bits = (mx.array(words)[:, :, None] >> mx.arange(32, dtype=mx.uint32)) & 1
    allowed = bits.reshape(rows, -1)[:, :vocabulary]
    return mx.where(allowed.astype(mx.bool_), logits, -mx.inf)
