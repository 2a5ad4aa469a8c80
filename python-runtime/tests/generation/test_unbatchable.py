"""Models whose caches cannot be batched are found out and served one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mlx.core as mx
import pytest
from mlx_lm.models.cache import ChunkedKVCache, KVCache

from mlx_runtime.requests import Request
from mlx_runtime.wire import WireSampling

from .models import CONFIGURATIONS, tiny_model
from .serving import greedy, make_generator, random_prompt, reference, serve


class Unmergeable:
    """A model with caches as llama4 has them: no way to merge."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def make_cache(self) -> list[Any]:
        return [ChunkedKVCache(4096) for _ in self.model.layers]

    def __call__(self, inputs: mx.array, cache: Sequence[Any]) -> mx.array:
        return self.model(inputs, cache=[_Masked(layer) for layer in cache])


class _Masked:
    """Lends a chunked cache the mask of a plain one."""

    def __init__(self, cache: Any) -> None:
        self.cache = cache

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cache, name)

    def make_mask(self, *args: Any, **kwargs: Any) -> Any:
        plain: Any = KVCache()
        plain.offset = self.cache.offset
        return plain.make_mask(*args, **kwargs)


class Misaligned:
    """A model that merges, and then attends to the padding of shorter rows."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.make_cache = model.make_cache

    def __call__(self, inputs: mx.array, cache: Sequence[Any]) -> mx.array:
        for layer in cache:
            if hasattr(layer, "left_padding"):
                layer.left_padding = mx.zeros_like(layer.left_padding)
        return self.model(inputs, cache=cache)


@pytest.mark.parametrize("wrapper", [Unmergeable, Misaligned])
def test_they_are_served_one_at_a_time_with_everything_else_correct(wrapper: Any) -> None:
    plain = tiny_model("llama")
    generator = make_generator(wrapper(plain))
    assert not generator.batches
    prompts = {str(index): random_prompt(5 + 9 * index, index) for index in range(4)}
    requests = [Request(name, prompt, greedy(8)) for name, prompt in prompts.items()]
    requests.append(Request("sampled", prompts["1"], WireSampling(max_tokens=8, seed=4, top_p=0.8)))
    most = 0

    def watch(_: int) -> None:
        nonlocal most
        rows = generator.stats().rows
        most = max(most, rows.prefilling + rows.decoding)

    served = serve(generator, requests, before_step=watch)

    assert most == 1
    for name, prompt in prompts.items():
        assert served[name].tokens == reference(plain, prompt, 8)
    sampled = serve(make_generator(plain), [requests[-1]])["sampled"]
    assert served["sampled"].tokens == sampled.tokens


@pytest.mark.parametrize("family", CONFIGURATIONS)
def test_families_that_batch_are_recognised(family: str) -> None:
    assert make_generator(tiny_model(family)).batches
