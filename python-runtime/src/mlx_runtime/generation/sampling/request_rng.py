"""Random draws that depend on (seed, position) only."""

from __future__ import annotations

import numpy as np

_BLOCK = 64
_VALUES_PER_COUNT = 4  # Philox4x64 yields four 64-bit values per counter value.


class RequestRng:
    """Uniform numbers of one row, by position.

    Philox (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011)
    is counter-based: any position is reached directly, so a row that is
    resumed, paused or moved draws the same numbers.
    """

    __slots__ = ("_block", "_block_index", "_seed")

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._block_index = -1
        self._block = np.empty(0)

    def at(self, position: int) -> float:
        """The draw for the token at `position` (0 is the first generated): in [0, 1)."""
        block_index, offset = divmod(position, _BLOCK)
        if block_index != self._block_index:
            counter = block_index * (_BLOCK // _VALUES_PER_COUNT)
            generator = np.random.Generator(np.random.Philox(key=self._seed, counter=counter))
            self._block = generator.random(_BLOCK)
            self._block_index = block_index
        return float(self._block[offset])
