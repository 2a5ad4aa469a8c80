from __future__ import annotations

import importlib
from typing import Any

import mlx.core as mx
import numpy as np
import pytest

from generation.models import CONFIGURATIONS
from generation.serving import greedy, make_generator, random_prompt, serve
from mlx_runtime.errors import RpcError
from mlx_runtime.model.quantized_caches import quantize_caches
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching

WIDE_HEADS = {"head_dim": 64}


def _model(family: str, **changes: Any) -> tuple[Any, dict[str, Any]]:
    config = {"model_type": family, **CONFIGURATIONS[family], **changes}
    module = importlib.import_module(f"mlx_lm.models.{family}")
    mx.random.seed(0)
    model = module.Model(module.ModelArgs.from_dict(config))
    mx.eval(model.parameters())
    return model, config


def _logits(model: Any, tokens: list[int]) -> np.ndarray[Any, np.dtype[np.float32]]:
    caches = model.make_cache() if hasattr(model, "make_cache") else None
    return np.array(model(mx.array([tokens]), cache=caches)[0, -1].astype(mx.float32))


@pytest.mark.parametrize(("bits", "difference"), [(8, 0.02), (4, 0.3)])
def test_logits_stay_close_to_those_of_a_plain_cache(bits: int, difference: float) -> None:
    model, config = _model("llama", **WIDE_HEADS)
    tokens = random_prompt(40, 1)
    plain, quantized = _logits(model, tokens), _logits(quantize_caches(model, config, bits), tokens)
    assert np.linalg.norm(plain - quantized) / np.linalg.norm(plain) < difference


def test_rows_are_served_one_at_a_time_and_reuse_prefixes() -> None:
    model, config = _model("llama", **WIDE_HEADS)
    quantized = quantize_caches(model, config, 8)
    generator = make_generator(quantized, WireBatching(prompt_cache_bytes=1 << 24))
    assert not generator.batches
    prompt = random_prompt(60, 2)
    requests = [Request(str(index), prompt, greedy(6)) for index in range(3)]
    served = serve(generator, requests)
    assert len({tuple(stream.tokens) for stream in served.values()}) == 1
    assert served["2"].finish.usage.cached_tokens > 0


def test_rows_take_less_memory() -> None:
    model, config = _model("llama", **WIDE_HEADS)
    caches = quantize_caches(model, config, 4).make_cache()
    plain = quantize_caches(model, config, 8).make_cache()
    for some in (caches, plain):
        mx.eval(model(mx.array([random_prompt(256, 3)]), cache=some))
    assert sum(cache.nbytes for cache in caches) < 0.7 * sum(cache.nbytes for cache in plain)


def test_layers_with_a_sliding_window_keep_their_caches() -> None:
    model, config = _model("gemma3_text", **WIDE_HEADS)
    caches = quantize_caches(model, config, 8).make_cache()
    assert {hasattr(cache, "bits") for cache in caches} == {True, False}


def test_heads_that_cannot_be_grouped_are_refused() -> None:
    model, config = _model("llama")
    with pytest.raises(RpcError, match="Keys of 16 values cannot be kept in 8 bits"):
        quantize_caches(model, config, 8)


def test_model_whose_attention_does_not_know_such_caches_is_refused() -> None:
    model, config = _model("llama", **WIDE_HEADS)

    class OwnAttention:
        layers = model.layers

        def __call__(self, _: mx.array, cache: list[Any]) -> mx.array:
            raise ValueError("not enough values to unpack")

    with pytest.raises(RpcError, match="cannot compute on a quantised cache"):
        quantize_caches(OwnAttention(), config, 8)
