"""Keeps a model's head from what nobody asks it: the states of prompts beside a decode step."""

from __future__ import annotations

from typing import Any, cast

import mlx.core as mx

from ..kv_cache.layer_caches import LanguageModel
from ..kv_cache.ragged_caches import RaggedCaches


class DecodedStates:
    """Mixed into the part of a model that ends before its head. Computes what that computes."""

    def __call__(self, *given: Any, **named: Any) -> mx.array:
        """(rows, tokens, size); of a pass with prompts beside a decode step the rows that
        decode."""
        model_own: Any = super()
        states: mx.array = model_own.__call__(*given, **named)
        for each in (*given, *named.values()):
            if isinstance(each, RaggedCaches):
                return states[: each.rows]
        return states


_kinds: dict[type, type] = {}


def give_decoded_states(backbone: LanguageModel) -> None:
    """Has a model's head see only what it is to make logits of."""
    kind: Any = backbone.__class__
    if issubclass(kind, DecodedStates):
        return
    if kind not in _kinds:
        _kinds[kind] = type(kind.__name__, (DecodedStates, kind), {})
    cast("Any", backbone).__class__ = _kinds[kind]
