"""Sequences that begin alike compute what they share once."""

from __future__ import annotations

import pytest

from mlx_runtime.requests import Request, StepOutput
from mlx_runtime.wire import WireBatching

from ..models import tiny_model
from ..serving import greedy, make_generator, random_prompt, reference, serve


def test_identical_prompts_that_arrive_together_are_read_once() -> None:
    prompt = random_prompt(120, 1)
    generator = make_generator(tiny_model("llama"), WireBatching(prompt_cache_bytes=0))
    served = serve(generator, [Request(str(index), prompt, greedy(5)) for index in range(4)])
    assert generator.stats().counters.prefilled_tokens == 119
    assert len({tuple(stream.tokens) for stream in served.values()}) == 1
    cached = sorted(stream.finish.usage.cached_tokens for stream in served.values())
    assert cached == [0, 119, 119, 119]


def test_followers_read_on_their_own_when_their_leader_is_cancelled() -> None:
    prompt = random_prompt(400, 1)
    generator = make_generator(
        tiny_model("llama"), WireBatching(prompt_cache_bytes=0, prefill_step_size=32)
    )
    requests = [Request(str(index), prompt, greedy(5)) for index in range(3)]

    def cancel_the_leader(step: int) -> None:
        if step == 1:
            generator.cancel("0")

    served = serve(generator, requests, before_step=cancel_the_leader)
    assert served["0"].finish.reason == "cancelled"
    assert len(served["1"].tokens) == len(served["2"].tokens) == 5
    assert generator.stats().counters.prefilled_tokens <= 2 * 399


def test_followers_go_on_from_what_their_cancelled_leader_computed() -> None:
    prompt = random_prompt(400, 1)
    generator = make_generator(tiny_model("llama"), WireBatching(prefill_step_size=32))

    def cancel_the_leader(step: int) -> None:
        if step == 4:
            generator.cancel("0")

    requests = [Request(str(index), prompt, greedy(5)) for index in range(3)]
    serve(generator, requests, before_step=cancel_the_leader)
    assert generator.stats().counters.prefilled_tokens == 399


@pytest.mark.parametrize("slots", [1, 2])
def test_nobody_waits_for_a_paused_row_that_begins_alike(slots: int) -> None:
    prompt = random_prompt(60, 1)
    batching = WireBatching(prompt_cache_bytes=0, max_batch_size=slots)
    generator = make_generator(tiny_model("llama"), batching)
    paused = Request("paused", prompt, greedy(9), credit=2, prompt_lookup=False)
    late = Request("late", [*prompt, 5], greedy(3))

    served = serve(generator, [paused])
    assert generator.stats().rows.paused == 1
    served |= serve(generator, [late])

    assert len(served["late"].tokens) == 3
    generator.add_credit("paused", 9)
    assert served["paused"].tokens + serve(generator)["paused"].tokens == reference(
        tiny_model("llama"), prompt, 9
    )


def test_a_prefix_of_another_tenant_is_computed_again() -> None:
    prompt = random_prompt(60, 1)
    generator = make_generator(tiny_model("llama"), WireBatching())
    for tenant in ("a", "b", "a"):
        serve(generator, [Request(tenant, prompt, greedy(3), tenant=tenant)])
    counters = generator.stats().counters
    assert counters.prefilled_tokens == 2 * 59
    assert counters.reused_tokens == 59


@pytest.mark.parametrize("ended_by", ["length", "stop", "consumer"])
def test_a_next_turn_that_comes_at_once_goes_on_from_the_answer(ended_by: str) -> None:
    prompt = random_prompt(60, 1)
    model = tiny_model("llama")
    answer = serve(make_generator(model), [Request("a", prompt, greedy(4))])["a"].tokens
    eos = [answer[-1]] if ended_by == "stop" else []
    assert answer.index(answer[-1]) == len(answer) - 1, "it would stop before"
    generator = make_generator(model, WireBatching(), eos=eos)
    generator.submit(Request("a", prompt, greedy(len(answer) if ended_by == "length" else 40)))
    told: list[StepOutput] = []
    while len(told) < len(answer):
        told += [each for each in generator.step() if isinstance(each, StepOutput)]
    if ended_by == "consumer":
        generator.finish("a")
    turn = [*prompt, *answer, *random_prompt(20, 2)]
    served = serve(generator, [Request("b", turn, greedy(1))])
    cached = served["b"].finish.usage.cached_tokens
    assert len(prompt) + len(answer) - 1 <= cached <= len(prompt) + len(answer)
