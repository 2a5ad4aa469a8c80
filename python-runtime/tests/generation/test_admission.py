"""Which requests are taken, and when."""

from __future__ import annotations

import gc
import time
from typing import Any

import mlx.core as mx
import pytest

from mlx_runtime.generation import Generator, Refused, generator_for
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching, WireSampling

from .models import VOCABULARY, tiny_model
from .serving import NO_CACHE, greedy, make_generator, random_prompt, serve


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny_model("llama")


def test_requests_that_cannot_be_served_are_refused_with_a_reason(model: Any) -> None:
    generator = make_generator(
        model, WireBatching(max_batch_size=1, max_queued_requests=1), context_length=50
    )
    generator.submit(Request("first", [1, 2], greedy(5)))
    refused = {
        "duplicate_stream": Request("first", [1], greedy(1)),
        "queue_full": Request("second", [1], greedy(1)),
        "context_length_exceeded": Request("long", [1] * 50, greedy(1)),
        "unsupported_parameter": Request("alien", [VOCABULARY], greedy(1)),
    }
    for kind, request in refused.items():
        with pytest.raises(Refused) as caught:
            generator.submit(request)
        assert caught.value.failure.type == kind
    biased = WireSampling(max_tokens=1, logit_bias={str(VOCABULARY): 1.0})
    for request in (Request("empty", [], greedy(1)), Request("biased", [1], biased)):
        with pytest.raises(Refused) as caught:
            generator.submit(request)
        assert caught.value.failure.type == "unsupported_parameter"
    assert serve(generator)["first"].finish.reason == "length"


def test_a_request_whose_time_in_the_queue_is_over_fails(model: Any) -> None:
    generator = make_generator(model, WireBatching(max_batch_size=1))
    late = Request("late", [1, 2], greedy(5), queue_deadline=time.monotonic() - 1)
    served = serve(generator, [Request("first", [1, 2, 3], greedy(5)), late])
    failure = served["late"].finish.failure
    assert failure is not None
    assert failure.type == "queue_timeout"
    assert served["first"].finish.reason == "length"


def generator_with_room_for(rows: float, model: Any) -> Generator:
    """Rows of 200 tokens."""
    per_row = 200 * 2 * 2 * 2 * 16 * 4  # tokens, layers, keys and values, heads, size, float32
    # What other tests left behind must not be freed between the two measurements of memory.
    gc.collect()
    return generator_for(
        model,
        eos_token_ids=(),
        vocab_size=VOCABULARY,
        context_length=2048,
        batching=NO_CACHE,
        memory_bytes=mx.get_active_memory() + int(rows * per_row),
    )


def test_rows_are_admitted_only_while_memory_lasts(model: Any) -> None:
    generator = generator_with_room_for(2.5, model)
    requests = [Request(str(index), random_prompt(100, index), greedy(100)) for index in range(5)]
    most = 0

    def watch(_: int) -> None:
        nonlocal most
        rows = generator.stats().rows
        most = max(most, rows.prefilling + rows.decoding)

    served = serve(generator, requests, before_step=watch)

    assert most == 2
    assert all(stream.finish.reason == "length" for stream in served.values())
    with pytest.raises(Refused) as caught:
        generator.submit(Request("huge", random_prompt(1000, 1), greedy(1000)))
    assert caught.value.failure.type == "out_of_memory"


def test_a_paused_row_comes_back_beside_one_with_which_it_fits(model: Any) -> None:
    generator = generator_with_room_for(2.5, model)
    requests = [
        Request("paused", random_prompt(100, 1), greedy(100), credit=20, prompt_lookup=False),
        Request("other", random_prompt(100, 2), greedy(100), prompt_lookup=False),
    ]
    together = 0

    def watch(_: int) -> None:
        nonlocal together
        rows = generator.stats().rows
        if rows.paused:
            generator.add_credit("paused", 100)
            together = 0
        together += rows.decoding == 2

    served = serve(generator, requests, before_step=watch)

    assert together > 60
    assert all(len(stream.tokens) == 100 for stream in served.values())
