"""Finds the part of a language model that ends before its head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import mlx.core as mx
import numpy as np

from ..arrays import to_host, token_array
from ..forward import Forward
from ..kv_cache.layer_caches import LanguageModel

_INNER_NAMES = ("language_model", "model", "backbone", "transformer")
"""How mlx-lm's architectures call the module inside the one that they are."""
_PROBE = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Backbone:
    states: LanguageModel
    """Token ids (rows, tokens) to the states that the head sees (rows, tokens, size)."""
    size: int


def find_backbone(model: LanguageModel) -> Backbone | str:
    """The innermost module that still gives a state for each token, or why there is none.

    A module that gives the same logits as the model only wraps the one inside it.
    """
    outer = Forward(model)
    logits = to_host(_run(outer, outer))
    module: Any = model
    while (inner := _inner(module)) is not None:
        module = inner
        try:
            output: Any = _run(outer, Forward(cast("LanguageModel", module)))
            states = to_host(output) if isinstance(output, mx.array) else np.zeros(0)
        # Whatever an architecture does with a call that it does not expect.
        except Exception as error:
            return f"its inner module cannot be run alone ({type(error).__name__})"
        if states.ndim != len(("row", "token", "size")) or states.shape[:2] != logits.shape[:2]:
            return "its inner module gives no state for each token"
        if states.shape != logits.shape or not np.allclose(states, logits, equal_nan=True):
            return Backbone(cast("LanguageModel", module), states.shape[-1])
    return "its architecture keeps no module that ends before the head"


def _inner(module: Any) -> Any:
    return next(
        (inner for name in _INNER_NAMES if callable(inner := getattr(module, name, None))), None
    )


def _run(model: Forward, module: Forward) -> mx.array:
    """What a module of the model makes of a few tokens: (1, tokens, whatever it gives)."""
    output = module.logits(token_array([_PROBE]), model.empty_caches())
    return output.astype(mx.float32)
