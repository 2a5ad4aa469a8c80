"""Keys and values in few bits: less memory per token, and rows that cannot be batched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mlx.core as mx

from .directory import load_failed
from .shape import head_size

_GROUP_SIZES = (64, 32)
"""Values that share a scale, the sizes that MLX quantises by."""


class QuantizedCacheModel:
    """An mlx-lm model whose rows keep plain key-value caches in `bits` bits a value.

    Layers with another kind of cache (a sliding window, a recurrent state) keep
    theirs. mlx-lm's attention recognises quantised caches by themselves.
    """

    def __init__(self, model: Any, bits: int, group_size: int) -> None:
        self._model = model
        self._bits = bits
        self._group_size = group_size

    def __call__(self, *inputs: Any, **options: Any) -> mx.array:
        """(rows, tokens) to (rows, tokens, vocabulary)."""
        return self._model(*inputs, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def make_cache(self) -> list[Any]:
        from mlx_lm.models.cache import (
            make_prompt_cache,  # pyright: ignore[reportUnknownVariableType]
        )

        caches: list[Any] = make_prompt_cache(self._model)
        return [self._quantized(cache) for cache in caches]

    def _quantized(self, cache: Any) -> Any:
        from mlx_lm.models.cache import KVCache, QuantizedKVCache

        if type(cache) is not KVCache:
            return cache
        return QuantizedKVCache(group_size=self._group_size, bits=self._bits)


def quantize_caches(model: Any, config: Mapping[str, Any], bits: int) -> QuantizedCacheModel:
    """Raises RpcError `model_load_failed` for a model that cannot compute on such caches."""
    size = head_size(config)
    group_size = next((group for group in _GROUP_SIZES if size and size % group == 0), None)
    if group_size is None:
        raise load_failed(
            f"Keys of {size} values cannot be kept in {bits} bits: set performance.kv_bits to 16"
        )
    quantized = QuantizedCacheModel(model, bits, group_size)
    caches = quantized.make_cache()
    if not any(hasattr(cache, "bits") for cache in caches):
        raise load_failed(
            "The caches of this model cannot be quantised: set performance.kv_bits to 16"
        )
    _try_out(quantized, caches)
    return quantized


def _try_out(model: QuantizedCacheModel, caches: list[Any]) -> None:
    """Some models compute attention in a way of their own, which fails on such caches."""
    try:
        for tokens in ([1, 1], [1]):
            mx.eval(model(mx.array([tokens]), cache=caches))  # pyright: ignore[reportUnknownMemberType]
    except (RuntimeError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise load_failed(
            f"This model cannot compute on a quantised cache ({error}): "
            "set performance.kv_bits to 16"
        ) from error
