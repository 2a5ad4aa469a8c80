"""What recurrent layers keep of a text, compared between a joint prefill and one alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import mlx.core as mx
import numpy as np
from mlx_lm.models.cache import ArraysCache

from ..arrays import to_host
from ..forward import Forward
from ..host_arrays import Floats
from ..kv_cache import layer_caches
from ..kv_cache.layer_caches import Caches

_TOLERANCE = 0.3
"""A right state is off by rounding, a wrong one by as much as there is of it."""


def same_states(forward: Forward, prompts: Sequence[list[int]]) -> bool:
    """True where a joint prefill leaves the first recurrent layer in the state that each prompt
    alone leaves it in.

    A state that ran on over padding is off by as much as there is of it, while the logits of
    a few steps may hardly show it.
    """
    if _recurrent(forward.empty_caches()) is None:
        return True
    merged = layer_caches.merge([forward.empty_caches() for _ in prompts])
    forward.prefill(merged, prompts)
    for place, prompt in enumerate(prompts):
        alone = forward.empty_caches()
        forward.prefill(alone, [prompt])
        expected, found = _recurrent(alone), _recurrent(layer_caches.extract(merged, place))
        if expected is None or found is None:
            return False
        if any(
            distance(to_host(one.astype(mx.float32)), to_host(other.astype(mx.float32)))
            > _TOLERANCE
            for one, other in zip(expected, found, strict=True)
        ):
            return False
    return True


def _recurrent(caches: Caches) -> Sequence[mx.array] | None:
    """What the first cache of a fixed size holds; None: there is none."""
    for cache in caches:
        for one in getattr(cache, "caches", [cache]):
            if isinstance(one, ArraysCache):
                arrays: list[mx.array | None] = cast("Any", one).cache
                return [array for array in arrays if array is not None]
    return None


def distance(left: Floats, right: Floats) -> float:
    """Of two arrays of any shape, relative to the length of `left`."""
    scale = float(np.linalg.norm(left))
    distance = float(np.linalg.norm(left - right))
    return distance / scale if scale > 0 else distance
