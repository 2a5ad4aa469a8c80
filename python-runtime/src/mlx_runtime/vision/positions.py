"""Positions in three dimensions, for models that tell an image's rows and columns apart.

Text counts on in all three at once; the tokens of an image share one time and count rows and
columns from there; what follows goes on behind the largest (multimodal rotary positions,
Wang et al., "Qwen2-VL: Enhancing Vision-Language Model's Perception of the World at Any
Resolution", 2024).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Run = tuple[int, int, int]
"""Where an image's tokens begin in the prompt, and its rows and columns of tokens."""


def grid_positions(length: int, runs: Sequence[Run]) -> tuple[NDArray[np.int32], int]:
    """(3, length) positions of a prompt's tokens, and what to add to the place of a later one.

    `runs`: of the prompt's images, in order.
    """
    positions = np.empty((3, length), dtype=np.int32)
    place = position = 0
    for begin, rows, columns in runs:
        positions[:, place:begin] = np.arange(position, position + begin - place)
        position += begin - place
        end = begin + rows * columns
        row, column = np.divmod(np.arange(rows * columns), columns)
        positions[0, begin:end] = position
        positions[1, begin:end] = position + row
        positions[2, begin:end] = position + column
        position += max(rows, columns)
        place = end
    positions[:, place:] = np.arange(position, position + length - place)
    return positions, position + length - place - length
