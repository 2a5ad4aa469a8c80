"""Checkpoints of embedding models that hold a language model without its head.

They are saved from the inner module, so their names lack the prefix that
mlx-lm's models expect, and an untied head is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_PREFIX = "model."
_EMBEDDING = "embed_tokens.weight"
_HEAD = "lm_head."

Classes = Callable[[dict[str, Any]], tuple[Any, Any]]


def lacks_head(names: frozenset[str], config: Mapping[str, Any]) -> bool:
    """True when the model should have a head of its own and its checkpoint has none."""
    has_embedding = _EMBEDDING in names or _PREFIX + _EMBEDDING in names
    has_lm_head = any(name.startswith(_HEAD) for name in names)
    return config.get("tie_word_embeddings") is False and has_embedding and not has_lm_head


def with_prefix(classes: Classes) -> Classes:
    """Classes whose weights get the prefix that they lack."""

    def prefixed(config: dict[str, Any]) -> tuple[Any, Any]:
        model_class, arguments = classes(config)

        class Prefixed(model_class):
            def sanitize(self, weights: dict[str, Any]) -> dict[str, Any]:
                named = {_PREFIX + name: weight for name, weight in weights.items()}
                inherited = getattr(super(), "sanitize", None)
                return named if inherited is None else inherited(named)

        return Prefixed, arguments

    return prefixed


def lacks_prefix(names: frozenset[str]) -> bool:
    return _EMBEDDING in names
