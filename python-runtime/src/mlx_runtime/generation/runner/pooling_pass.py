"""The forward passes of texts that are read and not continued."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import mlx.core as mx

from ..arrays import start, wait
from ..forward import Forward
from ..kv_cache import layer_caches
from ..pooling.job import PoolingPlan

Outputs = Sequence[mx.array]


def start_pooling(forward: Forward, plan: PoolingPlan) -> Callable[[], Outputs]:
    """Starts a pass; returns what waits for it, gives its outputs, and raises its errors."""
    try:
        return _start(forward, plan)
    # Whatever a model's code raises ends what it was called for.
    except Exception as error:
        return _failing(error)


def _start(forward: Forward, plan: PoolingPlan) -> Callable[[], Outputs]:
    own = [
        plan.kind.fresh_caches(forward) if text.caches is None else text.caches
        for text in plan.texts
    ]
    caches = layer_caches.merge(own) if len(own) > 1 else own[0]
    outputs = plan.kind.start(forward, caches, plan.texts, plan.lengths)
    state = layer_caches.state(caches) if plan.keeps_caches else []
    if plan.keeps_caches:
        plan.texts[0].caches = caches
    start(outputs, state)

    def finish() -> Outputs:
        wait(list(outputs), state)
        return outputs

    return finish


def _failing(error: Exception) -> Callable[[], Outputs]:
    def fail() -> Outputs:
        raise error

    return fail
