"""Masks for attention that computes the query heads of a group in a dimension of their own.

mlx-lm's Gemma 2 caps its scores, so it composes its attention by itself, with scores of
(rows, heads, group, tokens, places). A mask of (rows, 1, tokens, places) from the caches of
a batch broadcasts there as if its rows were heads, and fails or hides the wrong places.
"""

from __future__ import annotations

from typing import Any

import mlx.core as mx

_OF_A_BATCH = 4
"""Dimensions of a mask that tells rows apart."""


def align_group_masks(model: Any) -> None:
    """Makes such a model's attention take the masks of a batch; changes no other model."""
    for module in model.modules():
        if _composes_by_group(module):
            attention: type[Any] = module.__class__
            module.__class__ = _aligned(attention)


def _composes_by_group(module: Any) -> bool:
    kind: type[Any] = module.__class__
    return kind.__module__ == "mlx_lm.models.gemma2" and getattr(module, "repeats", 1) > 1


def _aligned(attention: type[Any]) -> type[Any]:
    plain: Any = attention.__call__

    def call(self: Any, x: mx.array, mask: mx.array | None = None, cache: Any = None) -> mx.array:
        if mask is not None and mask.ndim == _OF_A_BATCH:
            mask = mx.expand_dims(mask, 2)
        return plain(self, x, mask, cache)

    return type(attention.__name__, (attention,), {"__call__": call})
