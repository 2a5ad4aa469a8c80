"""Models whose caches cannot be batched are found out and served one at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import mlx.core as mx
import pytest
from mlx_lm.models.cache import QuantizedKVCache

from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching, WireSampling

from .models import CONFIGURATIONS, PREFILLED_ALONE, UNBATCHABLE, tiny_model
from .serving import greedy, make_generator, random_prompt, reference, serve


class Misaligned:
    """A model that merges, and then attends to the padding of shorter rows."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.make_cache = model.make_cache

    def __call__(self, inputs: mx.array, cache: Sequence[Any]) -> mx.array:
        return self.model(inputs, cache=[_Unmasked(layer) for layer in cache])


class _Unmasked:
    """A cache that hides nothing from a single token."""

    def __init__(self, cache: Any) -> None:
        self.cache = cache

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cache, name)

    def make_mask(self, width: int, **options: Any) -> Any:
        return None if width == 1 else self.cache.make_mask(width, **options)


def _twice(family: str) -> tuple[Any, Any]:
    model = tiny_model(family)
    return model, model


def misaligned() -> tuple[Any, Any]:
    plain = tiny_model("llama")
    return Misaligned(plain), plain


def quantised() -> tuple[Any, Any]:
    """A llama whose keys and values are kept in 8 bits."""
    model = tiny_model("llama", head_dim=32)
    plain = tiny_model("llama", head_dim=32)
    for one in (model, plain):
        one.make_cache = lambda: [QuantizedKVCache(group_size=32, bits=8) for _ in plain.layers]
    return model, plain


MODELS: dict[str, Callable[[], tuple[Any, Any]]] = {
    "misaligned": misaligned,
    "quantised": quantised,
    **{family: partial(_twice, family) for family in UNBATCHABLE},
}


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_they_are_served_one_at_a_time_with_everything_else_correct(
    make: Callable[[], tuple[Any, Any]],
) -> None:
    model, plain = make()
    generator = make_generator(model, WireBatching(prefill_step_size=32))
    assert not generator.batches
    prompts = {str(index): random_prompt(5 + 19 * index, index) for index in range(4)}
    requests = [Request(name, prompt, greedy(8)) for name, prompt in prompts.items()]
    sampling = WireSampling(max_tokens=8, seed=4, top_p=0.8, logprobs=True)
    requests.append(Request("sampled", prompts["1"], sampling))
    requests.append(Request("cancelled", prompts["2"], greedy(500)))
    most = 0

    def watch(_: int) -> None:
        nonlocal most
        rows = generator.stats().rows
        most = max(most, rows.prefilling + rows.decoding)
        if rows.queued == 0:
            generator.cancel("cancelled")

    served = serve(generator, requests, before_step=watch)

    assert most == 1
    for name, prompt in prompts.items():
        assert served[name].tokens == reference(plain, prompt, 8)
    sampled = serve(make_generator(model), [requests[4]])["sampled"]
    assert served["sampled"].tokens == sampled.tokens
    assert served["cancelled"].finish.reason == "cancelled"
    rows = generator.stats().rows
    assert rows.queued == rows.prefilling == rows.decoding == rows.paused == 0


@pytest.mark.parametrize("family", UNBATCHABLE)
def test_a_second_turn_reuses_the_first_where_caches_allow(family: str) -> None:
    model = tiny_model(family)
    first = random_prompt(40, 9)
    generator = make_generator(model, WireBatching())
    answer = serve(generator, [Request("first", first, greedy(8))])["first"].tokens
    second = [*first, *answer, *random_prompt(10, 10)]

    served = serve(generator, [Request("second", second, greedy(8))])["second"]

    assert served.tokens == reference(model, second, 8)
    assert served.finish.usage.cached_tokens >= 39


class Counting:
    """Counts how often a model is run."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.runs = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    def __call__(self, inputs: mx.array, cache: Sequence[Any] | None = None) -> mx.array:
        self.runs += 1
        return self.model(inputs, cache=cache)


@pytest.mark.parametrize("family", ["llama", *UNBATCHABLE])
def test_what_is_known_of_a_model_is_not_found_out_again(family: str) -> None:
    first, second = Counting(tiny_model(family)), Counting(tiny_model(family))
    known = make_generator(first)
    generator = make_generator(second, traits=known.traits)
    assert (generator.batches, generator.drafts) == (known.batches, known.drafts)
    # Where embeddings come from is looked for at each load.
    assert second.runs <= 1 < first.runs


@pytest.mark.parametrize("family", PREFILLED_ALONE)
def test_rows_that_cannot_be_prefilled_together_still_decode_together(family: str) -> None:
    model = tiny_model(family)
    generator = make_generator(model, WireBatching(prompt_cache_bytes=0))
    assert (generator.batches, generator.traits.prefills_together) == (True, False)
    lengths = (30, 20, 4, 41)
    prompts = {str(length): random_prompt(length, length) for length in lengths}
    most = 0

    def watch(_: int) -> None:
        nonlocal most
        most = max(most, generator.stats().rows.decoding)

    requests = [Request(name, prompt, greedy(16)) for name, prompt in prompts.items()]
    served = serve(generator, requests, before_step=watch)

    assert most == len(lengths)
    for name, prompt in prompts.items():
        assert served[name].tokens == reference(model, prompt, 16)


@pytest.mark.parametrize("family", CONFIGURATIONS)
def test_families_that_batch_are_recognised(family: str) -> None:
    traits = make_generator(tiny_model(family)).traits
    assert traits.mergeable
    assert traits.prefills_together
