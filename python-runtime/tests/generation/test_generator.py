"""How rows start, end and share a generator."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from typing import Any, cast

import mlx.core as mx
import numpy as np
import pytest

from mlx_runtime.generation import Generator, Refused, generator_for
from mlx_runtime.requests import Request, RequestTimes, StepOutput
from mlx_runtime.wire import WireBatching, WireSampling

from .models import VOCABULARY, tiny_model
from .serving import NO_CACHE, greedy, make_generator, random_prompt, reference, serve


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


@pytest.mark.parametrize("temperature", [0, 1])
def test_a_token_is_told_before_the_next_prompt_is_read(model: Any, temperature: float) -> None:
    """A CPU works while the call that starts a pass waits: what is ready must not wait as well."""
    generator = make_generator(model, WireBatching(prefill_step_size=16, prompt_cache_bytes=0))
    sampling = WireSampling(max_tokens=60, temperature=temperature, seed=1)
    generator.submit(Request("runner", random_prompt(3, 1), sampling))
    while generator.stats().counters.generated_tokens < 3:
        generator.step()
    generator.submit(Request("reader", random_prompt(80, 3), greedy(7)))
    generator.step()
    told: list[bool] = []
    while generator.stats().rows.prefilling:
        outputs = [output for output in generator.step() if isinstance(output, StepOutput)]
        told.append(any(output.stream_id == "runner" for output in outputs))
    # Behind the last part nothing is read any more.
    assert len(told) > 3
    assert all(told[:-1])


def test_usage_and_progress_tell_what_was_done(model: Any) -> None:
    generator = make_generator(model, WireBatching(prefill_step_size=16, prompt_cache_bytes=0))
    runner = Request("runner", random_prompt(3, 1), greedy(60))
    served = serve(generator, [runner, Request("a", random_prompt(80, 3), greedy(7))])
    usage = served["a"].finish.usage
    assert (usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens) == (80, 0, 7)
    assert usage.prefill_ms > 0
    assert usage.decode_ms > 0
    done = [progress.done for progress in served["a"].progress]
    assert done == sorted(done)
    assert done[-1] == served["a"].progress[-1].total == 79


def test_the_timeline_tells_every_pass_over_the_prompt_in_order(model: Any) -> None:
    generator = make_generator(model, WireBatching(prefill_step_size=16, prompt_cache_bytes=0))
    now = time.monotonic()
    timed = Request("a", random_prompt(80, 3), greedy(3), times=RequestTimes(now, now))
    timeline = serve(generator, [timed])["a"].finish.usage.timeline
    assert timeline is not None
    assert sum(span.tokens for span in timeline.prefill) == 79
    passes = [moment for span in timeline.prefill for moment in (span.start, span.end)]
    moments = [timeline.queued, timeline.admitted, *passes, timeline.decoding, timeline.ended]
    assert None not in moments
    assert moments == sorted(moments, key=lambda moment: moment or 0.0)


def test_key_value_caches_are_in_use_while_a_request_is_served(model: Any) -> None:
    generator = make_generator(model, WireBatching(prompt_cache_bytes=0))
    assert generator.kv_use().used_bytes == 0
    generator.submit(Request("a", random_prompt(10, 1), greedy(3)))
    generator.step()
    assert generator.kv_use().used_bytes > 0


def test_logprobs_come_from_the_model_s_own_distribution(model: Any) -> None:
    prompt = random_prompt(15, 4)
    sampling = WireSampling(max_tokens=1, temperature=0, logprobs=True, top_logprobs=5)
    output = serve(make_generator(model), [Request("a", prompt, sampling)])["a"].outputs[0]

    logits = model(mx.array([prompt]))[0, -1]
    expected = np.array(logits - mx.logsumexp(logits))
    assert output.logprob == pytest.approx(float(expected.max()), abs=1e-4)
    assert [entry.token for entry in output.top_logprobs] == np.argsort(-expected)[:5].tolist()
    for entry in output.top_logprobs:
        assert entry.logprob == pytest.approx(float(expected[entry.token]), abs=1e-4)


def test_a_row_s_text_does_not_depend_on_its_neighbours(model: Any) -> None:
    target = Request(
        "target",
        random_prompt(12, 5),
        WireSampling(max_tokens=20, temperature=1.0, top_p=0.9, seed=1, frequency_penalty=0.3),
    )
    alone = serve(make_generator(model), [target])["target"].tokens
    crowds: list[list[WireSampling]] = [
        [greedy(20)] * 5,
        [WireSampling(max_tokens=9, temperature=1.5, seed=index) for index in range(7)],
        [WireSampling(max_tokens=20, logit_bias={"5": 50.0}, logprobs=True)],
    ]
    for samplings in crowds:
        crowd = [
            Request(f"other-{index}", random_prompt(3 + 5 * index, index), sampling)
            for index, sampling in enumerate(samplings)
        ]
        served = serve(make_generator(model), [*crowd, target])
        assert served["target"].tokens == alone


def test_sampling_on_the_device_gives_the_same_text_while_steps_overlap(model: Any) -> None:
    samplings = [
        greedy(12),
        WireSampling(max_tokens=20, temperature=0.8, top_p=0.9, seed=1),
        WireSampling(max_tokens=20, temperature=1.2, top_k=20, min_p=0.01, seed=2),
        WireSampling(max_tokens=5, temperature=1.0, seed=3),
        WireSampling(max_tokens=20, temperature=1.0, seed=4, repetition_penalty=1.3),
    ]
    requests = [
        Request(str(index), random_prompt(4 + 7 * index, index), sampling, credit=3)
        for index, sampling in enumerate(samplings)
    ]
    texts: list[list[list[int]]] = []
    for samples_on_device in (False, True):
        generator = make_generator(model, samples_on_device=samples_on_device)

        def grant(_: int, generator: Generator = generator) -> None:
            if generator.stats().rows.paused:
                for request in requests:
                    generator.add_credit(request.stream_id, 2)

        served = serve(generator, requests, before_step=grant)
        texts.append([served[request.stream_id].tokens for request in requests])
    assert texts[0] == texts[1]


def test_without_a_seed_two_runs_differ(model: Any) -> None:
    request = Request("a", random_prompt(5, 6), WireSampling(max_tokens=30, temperature=1.5))
    runs = {tuple(serve(make_generator(model), [request])["a"].tokens) for _ in range(3)}
    assert len(runs) > 1


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


def test_two_hundred_mixed_requests_with_random_cancels_all_end_once(model: Any) -> None:
    random = np.random.default_rng(7)
    generator = make_generator(
        model, WireBatching(max_batch_size=16, prompt_cache_bytes=200_000, prefill_step_size=64)
    )
    common = random_prompt(30, 99)
    requests = [
        Request(
            str(index),
            [
                *(common if index % 3 == 0 else ()),
                *random_prompt(int(random.integers(1, 60)), index),
            ],
            WireSampling(
                max_tokens=int(random.integers(1, 25)),
                temperature=float(random.choice([0, 0.7, 1.3])),
                top_p=float(random.choice([1, 0.9])),
                presence_penalty=float(random.choice([0, 0.5])),
                seed=index,
            ),
            priority=int(random.integers(-3, 3)),
            tenant=str(random.integers(0, 3)),
            credit=int(random.choice([2, 256])),
        )
        for index in range(200)
    ]
    cancelled = {str(index) for index in random.choice(200, 60, replace=False)}

    def disturb(step: int) -> None:
        if step % 3 == 0 and cancelled:
            generator.cancel(cancelled.pop())
        for request in requests:
            generator.add_credit(request.stream_id, 1)

    served = serve(generator, requests, before_step=disturb)

    assert len(served) == 200
    assert all(len(stream.finishes) == 1 for stream in served.values())
    stats = generator.stats()
    counters = stats.counters
    assert counters.finished + counters.cancelled == 200
    assert counters.failed == 0
    rows = stats.rows
    assert rows.queued == rows.prefilling == rows.decoding == rows.paused == 0
    assert stats.prefix_cache.bytes <= 200_000
    generator.close()
    assert generator.stats().prefix_cache.bytes == 0


def test_memory_is_given_back_when_rows_have_ended(model: Any) -> None:
    generator = make_generator(model)
    requests = [Request(str(index), random_prompt(100, index), greedy(20)) for index in range(8)]
    serve(generator, requests)
    settled = mx.get_active_memory()
    for _ in range(3):
        serve(generator, requests)
    assert mx.get_active_memory() <= settled + 10_000


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


def test_a_finished_resume_ends_at_once(model: Any) -> None:
    served = serve(make_generator(model), [Request("a", [1], greedy(2), resume_tokens=[5, 6])])
    assert served["a"].tokens == []
    assert served["a"].finish.reason == "length"


def test_rows_are_admitted_only_while_memory_lasts(model: Any) -> None:
    per_row = 200 * 2 * 2 * 2 * 16 * 4  # tokens, layers, keys and values, heads, size, float32
    # What other tests left behind must not be freed between the two measurements of memory.
    gc.collect()
    generator = generator_for(
        model,
        eos_token_ids=(),
        vocab_size=VOCABULARY,
        context_length=2048,
        batching=NO_CACHE,
        memory_bytes=mx.get_active_memory() + int(2.5 * per_row),
    )
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
