"""Drafts change how many passes a row takes, never what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from mlx_runtime.generation import Generator
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching, WireSampling

from ..models import tiny_model
from ..serving import (
    NO_CACHE,
    Received,
    Served,
    greedy,
    make_generator,
    random_prompt,
    serve,
    step_by_step,
)
from .chi_squared import BIAS, assert_sampled_behind

TOKENS = 48
SAMPLINGS = (
    greedy(TOKENS),
    WireSampling(max_tokens=TOKENS, temperature=0.3, seed=1),
    WireSampling(max_tokens=TOKENS, temperature=0.4, top_p=0.9, top_k=40, seed=2),
    WireSampling(max_tokens=TOKENS, temperature=0, frequency_penalty=0.2, logprobs=True),
    WireSampling(max_tokens=TOKENS, temperature=1, seed=3, logit_bias={"7": 9.0, "8": 9.0}),
    WireSampling(max_tokens=TOKENS, temperature=0, logprobs=True, top_logprobs=3),
    WireSampling(max_tokens=TOKENS // 3, temperature=0.2, seed=4, repetition_penalty=1.05),
)


pytestmark = pytest.mark.usefixtures("drafting_is_free")


def repetitive(seed: int) -> list[int]:
    """A prompt that ends as it began."""
    text = random_prompt(8 + seed, seed)
    return [*text, *random_prompt(5, seed + 50), *text[: 4 + seed % 3]]


def requests_of(samplings: Sequence[WireSampling], credit: int = 256) -> list[Request]:
    return [
        Request(str(index), repetitive(index), sampling, credit=credit)
        for index, sampling in enumerate(samplings)
    ]


def run(
    model: Any,
    requests: Sequence[Request],
    *,
    prompt_lookup: bool = True,
    samples_on_device: bool = False,
    batching: WireBatching = NO_CACHE,
    grant: int = 0,
) -> tuple[dict[str, Served], Generator]:
    generator = make_generator(
        model, batching, prompt_lookup=prompt_lookup, samples_on_device=samples_on_device
    )

    def before_step(_: int) -> None:
        for request in requests if grant else ():
            generator.add_credit(request.stream_id, grant)

    return serve(generator, requests, before_step=before_step), generator


def accepted(generator: Generator) -> int:
    return generator.stats().counters.accepted_tokens


def texts(served: dict[str, Served]) -> dict[str, list[int]]:
    return {name: stream.tokens for name, stream in served.items()}


@pytest.mark.parametrize("samples_on_device", [False, True])
def test_rows_of_all_kinds_say_the_same_with_and_without_drafts(
    model: Any, samples_on_device: bool
) -> None:
    requests = requests_of(SAMPLINGS)
    plain, without = run(model, requests, prompt_lookup=False, samples_on_device=samples_on_device)
    drafted, generator = run(model, requests, samples_on_device=samples_on_device)

    assert texts(drafted) == texts(plain)
    for name, stream in drafted.items():
        expected = [output.logprob for output in plain[name].outputs]
        assert [output.logprob for output in stream.outputs] == pytest.approx(expected, abs=1e-4)
    assert accepted(without) == 0
    assert accepted(generator) > len(requests)
    usages = [stream.finish.usage for stream in drafted.values()]
    assert sum(usage.accepted_tokens for usage in usages) == accepted(generator)
    assert all(usage.drafted_tokens >= usage.accepted_tokens for usage in usages)


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_a_row_alone_says_what_it_says_in_a_batch(model: Any, sampling: WireSampling) -> None:
    requests = requests_of([sampling, *SAMPLINGS[:3]])
    together, _ = run(model, requests)
    alone, _ = run(model, requests[:1])
    assert alone["0"].tokens == together["0"].tokens


def test_a_repetitive_row_takes_fewer_passes(model: Any) -> None:
    served, generator = run(model, [Request("a", repetitive(1), greedy(100))])
    counters = generator.stats().counters
    assert len(served["a"].tokens) == 100
    assert counters.decode_steps == 100 - counters.accepted_tokens
    assert counters.decode_steps < 80


def test_a_row_ends_exactly_at_its_stop_token_within_an_accepted_draft(model: Any) -> None:
    prompt = repetitive(1)
    whole = run(model, [Request("a", prompt, greedy(60))])[0]["a"].tokens
    for stop in {whole[20], whole[33], whole[59]}:
        sampling = WireSampling(max_tokens=60, temperature=0, stop_token_ids=(stop,))
        served, _ = run(model, [Request("a", prompt, sampling)])
        assert served["a"].tokens == whole[: whole.index(stop)]
        assert served["a"].finish.stop_token_id == stop


def test_a_row_never_goes_past_its_limit(model: Any) -> None:
    prompt = repetitive(1)
    whole = run(model, [Request("a", prompt, greedy(60))])[0]["a"].tokens
    for limit in range(20, 40):
        served, _ = run(model, [Request("a", prompt, greedy(limit))])
        assert served["a"].tokens == whole[:limit]
        assert served["a"].finish.reason == "length"
        assert served["a"].finish.usage.completion_tokens == limit


def test_a_row_never_goes_past_its_credit(model: Any) -> None:
    requests = requests_of(SAMPLINGS, credit=2)
    plain, _ = run(model, requests_of(SAMPLINGS), prompt_lookup=False)
    generator = make_generator(model)
    granted = 2

    def before_step(step: int) -> None:
        nonlocal granted
        if step % 7 == 6:
            granted += 3
            for request in requests:
                generator.add_credit(request.stream_id, 3)

    received: Received = {}
    for received in step_by_step(generator, requests, 400, before_step):
        assert max(len(tokens) for tokens in received.values()) <= granted
    assert received == texts(plain)
    assert accepted(generator) > 0


def test_a_cancelled_row_leaves_its_neighbours_as_they_are(model: Any) -> None:
    requests = requests_of([greedy(TOKENS)] * 5)
    plain, _ = run(model, requests, prompt_lookup=False)
    generator = make_generator(model)

    def before_step(step: int) -> None:
        if step in (6, 9, 12):
            generator.cancel(str(step // 3 - 2))

    served = serve(generator, requests, before_step=before_step)

    assert [served[str(row)].finish.reason for row in range(3)] == ["cancelled"] * 3
    for name, stream in served.items():
        assert stream.tokens == plain[name].tokens[: len(stream.tokens)]
    assert all(len(served[name].tokens) == TOKENS for name in ("3", "4"))


def test_a_resumed_row_goes_on_as_if_it_had_not_stopped(model: Any) -> None:
    for sampling in SAMPLINGS[:5]:
        prompt = repetitive(2)
        whole = run(model, [Request("a", prompt, sampling)])[0]["a"].tokens
        resumed = Request("b", prompt, sampling, resume_tokens=whole[:17])
        assert run(model, [resumed])[0]["b"].tokens == whole[17:]


def test_answers_that_were_drafted_are_kept_and_reused_like_others(model: Any) -> None:
    generator = make_generator(model, WireBatching())
    first = [*random_prompt(20, 3), *repetitive(1)]
    answer = serve(generator, [Request("a", first, greedy(40))])["a"].tokens
    second = [*first, *answer, *random_prompt(6, 9)]

    served = serve(generator, [Request("b", second, greedy(20))])["b"]

    plain, _ = run(model, [Request("b", second, greedy(20))], prompt_lookup=False)
    assert served.tokens == plain["b"].tokens
    assert served.finish.usage.cached_tokens >= len(first) + len(answer) - 2
    assert accepted(generator) > 0


def test_a_request_may_go_without_drafts(model: Any) -> None:
    prompt = repetitive(1)
    served, generator = run(model, [Request("a", prompt, greedy(60), prompt_lookup=False)])
    assert generator.stats().counters.drafted_tokens == 0
    assert served["a"].tokens == run(model, [Request("a", prompt, greedy(60))])[0]["a"].tokens


@pytest.mark.parametrize("family", ["gemma3_text", "qwen3_next"])
def test_caches_that_cannot_take_tokens_back_are_never_drafted_for(family: str) -> None:
    other = tiny_model(family)
    _, generator = run(other, [Request("a", repetitive(1), greedy(40))])
    assert not generator.drafts
    assert generator.stats().counters.drafted_tokens == 0


def test_tokens_behind_a_draft_follow_the_model_s_distribution(model: Any) -> None:
    """Pearson's chi-squared over the second token, where the first one was as drafted."""
    runs, kept = 1500, 8
    prompt = repetitive(1)
    drafted = prompt[prompt.index(prompt[-1]) + 1]
    bias = {str(drafted): BIAS}
    batching = WireBatching(max_batch_size=256, max_queued_requests=runs)
    generator = make_generator(model, batching)
    served = serve(
        generator,
        [
            Request(
                str(seed),
                prompt,
                WireSampling(max_tokens=2, top_k=kept, seed=seed, logit_bias=bias),
            )
            for seed in range(runs)
        ],
    )
    seconds = [stream.tokens[1] for stream in served.values() if stream.tokens[0] == drafted]
    assert accepted(generator) >= len(seconds) > 0.9 * runs

    assert_sampled_behind(model, [*prompt, drafted], drafted, seconds, kept)
