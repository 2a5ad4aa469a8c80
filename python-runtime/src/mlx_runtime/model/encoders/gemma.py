"""EmbeddingGemma: mlx-lm's layers of Gemma 3, looking in both directions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mlx.core as mx
from mlx import nn
from mlx_lm.models.gemma3_text import Gemma3Model, ModelArgs

from .layers import padding_mask, window_mask


class GemmaEncoder(nn.Module):
    PREFIXES = ("model.",)

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        arguments: Any = ModelArgs.from_dict({**config, **_rope(config)})
        inner: Any = Gemma3Model(arguments)
        self.embed_tokens = inner.embed_tokens
        self.layers = inner.layers
        self.norm = inner.norm
        # Half of it lies behind a token, half before.
        self._reach: int = arguments.sliding_window // 2
        self._scale: float = arguments.hidden_size**0.5

    def __call__(self, tokens: mx.array, lengths: mx.array, token_types: mx.array) -> mx.array:
        """(rows, tokens, size) from ids (rows, tokens), of which `lengths` (rows,) count."""
        del token_types
        padding = padding_mask(lengths, tokens.shape[1])
        near = window_mask(padding, self._reach)
        states = self.embed_tokens(tokens)
        states = states * mx.array(self._scale, states.dtype)
        for layer in self.layers:
            states = layer(states, near if layer.self_attn.is_sliding else padding)
        return self.norm(states)


def _rope(config: Mapping[str, Any]) -> dict[str, Any]:
    """Newer configurations have the rotary frequencies by kind of layer, and name each layer's
    kind instead of how often one sees all."""
    parameters: Any = config.get("rope_parameters") or {}
    found: dict[str, Any] = {}
    for kind, key in (
        ("full_attention", "rope_theta"),
        ("sliding_attention", "rope_local_base_freq"),
    ):
        if isinstance(parameters.get(kind), dict) and "rope_theta" in parameters[kind]:
            found[key] = parameters[kind]["rope_theta"]
    kinds: Any = config.get("layer_types") or []
    if "full_attention" in kinds:
        found["sliding_window_pattern"] = kinds.index("full_attention") + 1
    elif "_sliding_window_pattern" in config:
        found["sliding_window_pattern"] = config["_sliding_window_pattern"]
    return found
