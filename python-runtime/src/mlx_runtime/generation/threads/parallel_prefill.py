"""One pass over many tokens, computed by several threads side by side.

Each lane is an MLX stream, hence a thread, and takes the next part of every
row's tokens. A part needs of the one before it only the keys and values of the
same layer, so that lanes follow each other through the layers (pipelining over
the sequence, as in Li et al., "TeraPipe: Token-level pipeline parallelism for
training large-scale language models", 2021). Unlike the threads of a matrix
product, lanes share the work between the products too, and never wait for all
others at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import mlx.core as mx

from ..arrays import wait
from ..kv_cache import layer_caches
from ..kv_cache.layer_caches import Caches

_FEWEST_TOKENS = 32
"""Of a part: the weights are read once for each."""


def prefill_in_lanes(
    prefill: Callable[[int, int], object],
    longest: int,
    caches: Caches,
    lanes: Sequence[mx.ThreadLocalStream],
) -> None:
    """Computes up to `longest` next tokens of each row, for its caches alone.

    `prefill`: those from one number to another. Caches of rows of unequal length have to be
    aligned at the left.
    """
    # MLX orders what is pending, too, in a way in which one lane waits for the other.
    wait(layer_caches.state(caches))
    width = -(-longest // len(lanes))
    for lane, begin in zip(lanes, range(0, longest, width), strict=False):
        with mx.stream(lane):
            prefill(begin, begin + width)


def lanes_for(caches: Caches, prompts: Sequence[Sequence[int]], most: int) -> int:
    """How many lanes are worth it."""
    lengths = [len(prompt) for prompt in prompts]
    longest = max(lengths)
    if min(lengths) < longest and not layer_caches.are_aligned(caches):
        return 1
    return max(1, min(most, longest, longest * len(prompts) // _FEWEST_TOKENS))
