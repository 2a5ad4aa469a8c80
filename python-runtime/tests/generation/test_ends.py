"""How sequences end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import mlx.core as mx
import pytest

from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching, WireSampling

from .models import VOCABULARY, tiny_model
from .serving import greedy, make_generator, random_prompt, reference, serve


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny_model("llama")


def test_a_stop_token_ends_the_row_and_is_not_emitted(model: Any) -> None:
    prompt = random_prompt(10, 1)
    expected = reference(model, prompt, 10)
    stop = expected[6]
    sampling = WireSampling(max_tokens=10, temperature=0, stop_token_ids=(stop,))
    by_request = serve(make_generator(model), [Request("a", prompt, sampling)])["a"]
    by_model = serve(make_generator(model, eos=[stop]), [Request("a", prompt, greedy(10))])["a"]

    for served in (by_request, by_model):
        assert served.tokens == expected[: expected.index(stop)]
        assert served.finish.reason == "stop"
        assert served.finish.stop_token_id == stop


def test_a_row_that_ignores_the_end_goes_on_past_it(model: Any) -> None:
    prompt = random_prompt(10, 1)
    expected = reference(model, prompt, 10)
    sampling = WireSampling(max_tokens=10, temperature=0, ignore_eos=True)
    generator = make_generator(model, eos=[expected[3]])

    assert serve(generator, [Request("a", prompt, sampling)])["a"].tokens == expected


def test_the_context_length_ends_a_row(model: Any) -> None:
    prompt = random_prompt(20, 2)
    generator = make_generator(model, context_length=25)
    served = serve(generator, [Request("a", prompt, greedy(100))])["a"]
    assert (len(served.tokens), served.finish.reason) == (5, "length")


def test_cancelling_works_in_queue_prefill_decode_and_pause(model: Any) -> None:
    generator = make_generator(model, WireBatching(max_batch_size=3, prefill_step_size=16))
    requests = [
        Request("decoding", random_prompt(4, 1), greedy(500)),
        Request("paused", random_prompt(4, 2), greedy(500), credit=2),
        Request("reading", random_prompt(1500, 3), greedy(500)),
        Request("reading-too", random_prompt(1500, 4), greedy(500)),
        Request("queued", random_prompt(4, 5), greedy(500)),
    ]

    def cancel(step: int) -> None:
        if step == 12:
            rows = generator.stats().rows
            assert (rows.queued, rows.prefilling, rows.decoding, rows.paused) == (1, 2, 1, 1)
            for request in requests:
                generator.cancel(request.stream_id)
                generator.cancel(request.stream_id)

    served = serve(generator, requests, before_step=cancel)

    assert {stream.finish.reason for stream in served.values()} == {"cancelled"}
    stats = generator.stats()
    assert (stats.counters.cancelled, stats.counters.finished) == (5, 0)
    rows = stats.rows
    assert rows.queued == rows.prefilling == rows.decoding == rows.paused == 0


def test_a_stream_that_its_consumer_finished_is_silent_and_counted(model: Any) -> None:
    generator = make_generator(model)
    usages: list[Any] = []

    def finish(step: int) -> None:
        if step == 8:
            usages.extend(generator.finish("a") for _ in range(2))

    served = serve(generator, [Request("a", random_prompt(5, 1), greedy(50))], before_step=finish)

    assert served["a"].finishes == []
    assert usages[0].completion_tokens == len(served["a"].tokens)
    assert usages[1] is None
    assert generator.stats().counters.finished == 1


class BrokenModel:
    """A model whose logits are not finite for rows that read a given token."""

    def __init__(self, model: Any, poison: int, value: float) -> None:
        self.model = model
        self.poison = poison
        self.value = value
        self.make_cache = model.make_cache

    def __call__(self, inputs: mx.array, cache: Sequence[Any]) -> mx.array:
        logits = self.model(inputs, cache=cache)
        poisoned = (inputs == self.poison).astype(mx.float32)[..., None]
        spike = mx.arange(VOCABULARY) == 3
        return mx.where((poisoned > 0) & spike, cast(Any, self.value), logits)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_broken_logits_end_only_their_own_row(model: Any, value: float, temperature: float) -> None:
    poison = 255
    healthy = [token % 250 for token in random_prompt(20, 1)]
    generator = make_generator(BrokenModel(model, poison, value), WireBatching())
    sampling = WireSampling(max_tokens=8, temperature=temperature, seed=3, logit_bias={"255": -100})
    served = serve(
        generator,
        [
            Request("healthy", healthy, sampling),
            Request("broken", [*random_prompt(20, 2), poison], greedy(8)),
        ],
    )
    assert served["healthy"].finish.reason == "length"
    assert len(served["healthy"].tokens) == 8
    failure = served["broken"].finish.failure
    assert served["broken"].finish.reason == "error"
    assert failure is not None
    assert failure.type == "non_finite_logits"
    stats = generator.stats()
    assert stats.counters.failed == 1
    assert stats.prefix_cache.entries == 1


def test_a_finished_resume_ends_at_once(model: Any) -> None:
    served = serve(make_generator(model), [Request("a", [1], greedy(2), resume_tokens=[5, 6])])
    assert served["a"].tokens == []
    assert served["a"].finish.reason == "length"
