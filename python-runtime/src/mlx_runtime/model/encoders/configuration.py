"""Which configurations are encoders', and how their numbers are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ENCODERS = frozenset({"bert", "roberta", "xlm-roberta", "modernbert"})
"""Model types that always read in both directions."""

_GEMMA = "gemma3_text"


def is_encoder(config: Mapping[str, Any]) -> bool:
    """True for what `open_encoder` opens."""
    model_type = config.get("model_type")
    return model_type in ENCODERS or is_bidirectional_gemma(config)


def is_bidirectional_gemma(config: Mapping[str, Any]) -> bool:
    """EmbeddingGemma: the layers of a language model without its causal mask."""
    reads_both = config.get("use_bidirectional_attention") is True
    return config.get("model_type") == _GEMMA and reads_both


def positions_before_text(config: Mapping[str, Any]) -> int:
    """Learned positions that no token of a text has: RoBERTa counts from behind its padding id."""
    if config.get("model_type") in ("roberta", "xlm-roberta"):
        return int(config.get("pad_token_id") or 0) + 1
    return 0


def label_count(config: Mapping[str, Any]) -> int:
    """Of a classifier; transformers writes either name, and neither for its default of two."""
    labels = config.get("id2label")
    count = config.get("num_labels")
    return len(labels) if isinstance(labels, dict) else int(count) if count is not None else 2  # pyright: ignore[reportUnknownArgumentType]
