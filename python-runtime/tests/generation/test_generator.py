"""How sequences share a generator, and what it tells of them."""

from __future__ import annotations

import time
from typing import Any

import mlx.core as mx
import numpy as np
import pytest

from mlx_runtime.generation import Generator
from mlx_runtime.requests import Request, RequestTimes, StepOutput
from mlx_runtime.wire import WireBatching, WireSampling

from .models import tiny_model
from .serving import greedy, make_generator, random_prompt, serve


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny_model("llama")


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
