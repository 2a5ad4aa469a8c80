"""Whether a model computes with an adapter as it should, found out by running it once."""

from __future__ import annotations

from ...model.adapters import Adapter, AdapterSet
from ..arrays import token_array, wait
from ..forward import Forward

_PROMPT = (1, 2, 3)


def uncalled_layer(forward: Forward, adapters: AdapterSet, adapter: Adapter) -> str | None:
    """A layer that the adapter changes and that neither the pass over a prompt nor a decode step
    calls: such models read a layer's weights and never learn of the adapter. None: all are."""
    caches = forward.empty_caches()
    with adapters.using([adapter]):
        forward.prefill(caches, [_PROMPT])
        wait(forward.logits(token_array([[_PROMPT[0]]]), caches))
    return next(iter(adapters.uncalled(adapter)), None)
