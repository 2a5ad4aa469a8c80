"""Parts of prompts that are computed in the pass of a decode step."""

from __future__ import annotations

from typing import Any

import pytest

from mlx_runtime.generation.scheduling.step_cost import StepCost
from mlx_runtime.generation.scheduling.token_budget import TokenBudget
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching, WireSampling

from .fake_runner import FakeRunner, fake_generator
from .models import CONFIGURATIONS, PLAIN_ATTENTION, tiny_model
from .serving import NO_CACHE, greedy, make_generator, random_prompt, reference, serve

COSTS = [(1, 0.08), (8, 0.1), (16, 0.13), (32, 0.185), (64, 0.314), (512, 1.6)]
"""Of a model on two cores: tokens of a pass, and its seconds."""


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny_model("llama")


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever passes cost here, parts of prompts are computed beside decode steps."""

    def beside_budget(*_: object) -> int:
        return 24

    monkeypatch.setattr(TokenBudget, "beside_budget", beside_budget)


def test_models_whose_attention_allows_it_are_found_out() -> None:
    able = {
        family
        for family in CONFIGURATIONS
        if make_generator(tiny_model(family)).traits.prefills_beside
    }
    assert able == {"llama", "qwen3", "qwen3_moe", "gemma3_text", "gpt_oss"}


@pytest.mark.parametrize("family", [*PLAIN_ATTENTION, "gemma3_text", "gpt_oss"])
@pytest.mark.usefixtures("small_parts")
def test_families_with_plain_attention_and_with_windows_have_prompts_computed_beside(
    family: str,
) -> None:
    model = tiny_model(family)
    generator = make_generator(model, NO_CACHE)
    assert generator.traits.prefills_beside
    running = [
        Request(name, random_prompt(5 + 4 * index, index), greedy(16), prompt_lookup=False)
        for index, name in enumerate("ab")
    ]
    late = Request("late", random_prompt(90, 9), greedy(4), prompt_lookup=False)

    def join(step: int) -> None:
        if step == 4:
            generator.submit(late)

    served = serve(generator, running, before_step=join)
    for request in [*running, late]:
        expected = reference(model, list(request.prompt_tokens), request.sampling.max_tokens)
        assert served[request.stream_id].tokens == expected


@pytest.mark.parametrize("streams", [1, 3])
@pytest.mark.usefixtures("small_parts")
def test_prompts_and_running_rows_get_the_text_that_they_get_alone(
    model: Any, streams: int
) -> None:
    generator = make_generator(model, NO_CACHE)
    running = [
        Request(str(index), random_prompt(9 + index, index), greedy(40), prompt_lookup=False)
        for index in range(streams)
    ]
    late = [
        Request("long", random_prompt(300, 9), greedy(6), prompt_lookup=False),
        Request("short", random_prompt(20, 10), greedy(6), prompt_lookup=False),
        Request(
            "sampled",
            random_prompt(35, 11),
            WireSampling(max_tokens=6, temperature=1, seed=3, presence_penalty=0.5),
        ),
    ]

    def disturb(step: int) -> None:
        if step == 6:
            for request in late:
                generator.submit(request)

    execute = generator._runner.execute
    plans: list[bool] = []

    def noting(plan: Any) -> Any:
        steps = execute(plan)
        plans.append(any(getattr(step, "beside_decode", False) for step in steps))
        return steps

    generator._runner.execute = noting  # pyright: ignore[reportAttributeAccessIssue]
    served = serve(generator, running, before_step=disturb)

    assert sum(plans) > 2
    for request in [*running, *late[:2]]:
        expected = reference(model, list(request.prompt_tokens), request.sampling.max_tokens)
        assert served[request.stream_id].tokens == expected
    alone = serve(make_generator(model, NO_CACHE), [late[2]])["sampled"]
    assert served["sampled"].tokens == alone.tokens


@pytest.mark.usefixtures("small_parts")
def test_what_is_computed_beside_is_kept_for_others(model: Any) -> None:
    generator = make_generator(model, WireBatching())
    prompt = random_prompt(200, 5)
    running = Request("running", random_prompt(9, 1), greedy(60), prompt_lookup=False)

    def disturb(step: int) -> None:
        if step == 6:
            generator.submit(Request("first", prompt, greedy(3)))

    serve(generator, [running], before_step=disturb)
    again = serve(generator, [Request("again", prompt, greedy(3))])["again"]
    assert again.finish.usage.cached_tokens == 199
    assert again.tokens == reference(model, prompt, 3)


def budget_at(rows: int) -> TokenBudget:
    """That of a machine with these costs, after a decode step of so many rows."""
    budget = TokenBudget(32, None)
    for tokens, seconds in COSTS:
        budget.observe_prefill(tokens, seconds)
    budget.observe_decode(rows, 0.1)
    return budget


def test_a_part_is_as_large_as_the_gap_of_running_rows_allows() -> None:
    cost = StepCost(COSTS)
    budget = budget_at(8)
    tokens = budget.beside_budget(cost, running=8, waiting=1)
    assert cost.seconds(8 + tokens) <= 2.25 * cost.seconds(8) < cost.seconds(9 + tokens)
    # A pass of its own would fit fewer into the same gap.
    assert tokens > 1.5 * budget.prefill_budget(8, 1)


def test_the_first_parts_are_small_and_grow_as_far_as_costs_are_known() -> None:
    budget = budget_at(8)
    guessed = StepCost([(1, 0.0999), (8, 0.1)])
    sizes: list[int] = []
    for _ in range(4):
        sizes.append(budget.beside_budget(guessed, running=8, waiting=1))
        guessed.observe(8 + sizes[-1], 0.1)
    assert sizes == [32, 56, 120, 128]


def test_where_many_wait_prompts_have_passes_of_their_own() -> None:
    cost = StepCost(COSTS)
    budget = budget_at(2)
    assert budget.beside_budget(cost, running=2, waiting=16) == 0


@pytest.mark.usefixtures("small_parts")
def test_a_plan_has_both_and_its_tokens_are_told_before_the_next_one() -> None:
    runner = FakeRunner(prefills_beside=True)
    generator = fake_generator(runner)
    generator.submit(Request("a", [1] * 5, WireSampling(max_tokens=40)))
    while not runner.running:
        generator.step()
    generator.submit(Request("b", [2] * 41, WireSampling(max_tokens=1)))
    told: list[bool] = []
    while generator.stats().rows.prefilling or generator.stats().rows.queued:
        told.append("a" in [output.stream_id for output in generator.step()])
    assert all(told[1:])
    assert runner.log[-4:] == ["decode a", "prefill b"] * 2


@pytest.mark.usefixtures("small_parts")
def test_a_part_beside_a_decode_step_keeps_to_the_configured_step_size() -> None:
    runner = FakeRunner(prefills_beside=True)
    generator = fake_generator(runner, WireBatching(prefill_step_size=7, prompt_cache_bytes=0))
    generator.submit(Request("a", [1] * 5, WireSampling(max_tokens=40)))
    while not runner.running:
        generator.step()
    runner.chunks.clear()
    generator.submit(Request("b", [2] * 41, WireSampling(max_tokens=1)))
    while generator.stats().rows.prefilling or generator.stats().rows.queued:
        generator.step()
    assert runner.chunks == [(1, 7)] * 5 + [(1, 5)]
