"""What a model's configuration says about its size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard, cast

_CONTEXT_KEYS = (
    "max_position_embeddings",
    "max_sequence_length",
    "max_seq_len",
    "n_positions",
    "seq_length",
    "model_max_length",
)
_UNBOUNDED_CONTEXT = 1_048_576
"""For recurrent models, which declare none."""


def context_length(config: Mapping[str, Any]) -> int:
    """Most tokens that prompt and answer may have together."""
    for key in _CONTEXT_KEYS:
        value = _text_value(config, key)
        if isinstance(value, (int, float)) and 0 < value <= _UNBOUNDED_CONTEXT * 1024:
            return int(value)
    return _UNBOUNDED_CONTEXT


def vocabulary_size(config: Mapping[str, Any]) -> int | None:
    """Number of logits of the model.

    What models of several modalities say of it outside of `text_config` may be a default.
    """
    text_config: Mapping[str, Any] = config.get("text_config") or {}
    value = text_config.get("vocab_size", config.get("vocab_size"))
    return value if isinstance(value, int) and value > 0 else None


def eos_token_ids(config: Mapping[str, Any], tokenizer_eos: int | None) -> tuple[int, ...]:
    """Every id that ends an answer: the configuration's and the tokenizer's."""
    declared = _text_value(config, "eos_token_id")
    values = cast(list[Any], declared) if isinstance(declared, list) else [declared]
    ids = {value for value in [*values, tokenizer_eos] if _is_token(value)}
    return tuple(sorted(ids))


def _is_token(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 <= value < 1 << 31


def cache_bytes_per_token(config: Mapping[str, Any], value_bytes: int) -> int:
    """Upper estimate of keys and values of all layers for one token."""
    layers = _number(config, "num_hidden_layers")
    kv_heads = _number(config, "num_key_value_heads") or _number(config, "num_attention_heads")
    return 2 * layers * kv_heads * head_size(config) * value_bytes


def head_size(config: Mapping[str, Any]) -> int:
    """Values of a key; 0 when the configuration does not tell."""
    heads = _number(config, "num_attention_heads")
    derived = _number(config, "hidden_size") // heads if heads else 0
    return _number(config, "head_dim") or derived


def _number(config: Mapping[str, Any], key: str) -> int:
    value = _text_value(config, key)
    return value if isinstance(value, int) else 0


def _text_value(config: Mapping[str, Any], key: str) -> Any:
    """Models of several modalities describe their language model in `text_config`."""
    text_config: Mapping[str, Any] = config.get("text_config") or {}
    value = config.get(key)
    return value if value is not None else text_config.get(key)
