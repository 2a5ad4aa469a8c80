"""Which parts of prompts are planned beside decode steps, and when their tokens are told."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest

from mlx_runtime.generation import Generator
from mlx_runtime.generation.step_times import StepTimes
from mlx_runtime.generation.steps import DecodePlan
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching, WireSampling

from .fake_runner import FakeRunner, fake_generator
from .models import tiny_model
from .serving import NO_CACHE, greedy, make_generator, random_prompt, serve


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny_model("llama")


@pytest.mark.usefixtures("small_parts")
def test_a_step_alone_is_measured_now_and_then_without_a_pass_behind_it(model: Any) -> None:
    generator = make_generator(model, NO_CACHE)
    running = Request("running", random_prompt(9, 1), greedy(60), prompt_lookup=False)
    late = Request("late", random_prompt(600, 2), greedy(1), prompt_lookup=False)
    beside: list[bool] = []
    execute = generator._runner.execute

    def noting(plan: Any) -> Any:
        steps = execute(plan)
        if isinstance(plan, DecodePlan):
            beside.append(bool(plan.beside))
        return steps

    generator._runner.execute = noting  # pyright: ignore[reportAttributeAccessIssue]
    serve(
        generator,
        [running],
        before_step=lambda step: generator.submit(late) if step == 6 else None,
    )
    first = beside.index(True)
    parts = beside[first : len(beside) - beside[::-1].index(True)]
    assert parts.count(True) > 24
    assert parts.index(False) == 16
    assert all(one or other for one, other in pairwise(parts))


def test_prompts_go_on_between_steps_with_drafts_where_a_step_alone_is_due(
    model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = make_generator(model, NO_CACHE)
    monkeypatch.setattr(StepTimes, "step_is_due", True)

    def draft(sequences: Sequence[object]) -> list[list[int]]:
        return [[1] for _ in sequences]

    monkeypatch.setattr(generator._parts.proposer, "draft", draft)
    running = Request("running", random_prompt(9, 1), greedy(60), prompt_lookup=False)
    late = Request("late", random_prompt(90, 2), greedy(1), prompt_lookup=False)
    generator.submit(running)
    while not generator._runner.running:
        generator.step()
    generator.submit(late)
    told: list[str] = []
    while generator.has_work():
        told += [output.stream_id for output in generator.step()]
    assert told[-1] == "running"
    assert "late" in told


def decoding(runner: FakeRunner, batching: WireBatching | None = None) -> Generator:
    """With a row that decodes."""
    generator = fake_generator(runner, batching)
    generator.submit(Request("a", [1] * 5, WireSampling(max_tokens=60)))
    while not runner.running:
        generator.step()
    return generator


def told_until_prefilled(generator: Generator) -> list[list[str]]:
    """Streams that each step told of something, until all prompts are computed."""
    told: list[list[str]] = []
    while generator.stats().rows.prefilling or generator.stats().rows.queued:
        told.append([output.stream_id for output in generator.step()])
    return told


@pytest.mark.usefixtures("small_parts")
def test_a_plan_has_both_and_its_tokens_are_told_before_the_next_one() -> None:
    runner = FakeRunner(prefills_beside=True)
    generator = decoding(runner)
    generator.submit(Request("b", [2] * 41, WireSampling(max_tokens=1)))
    told = ["a" in streams for streams in told_until_prefilled(generator)]
    assert all(told[1:])
    assert runner.log[-4:] == ["decode a", "prefill b"] * 2


@pytest.mark.usefixtures("small_parts")
def test_tokens_in_flight_are_told_before_a_pass_with_the_first_part_of_a_prompt() -> None:
    runner = FakeRunner(prefills_beside=True, overlaps=True)
    generator = decoding(runner)
    while not runner.in_flight:
        generator.step()
    generator.submit(Request("b", [2] * 41, WireSampling(max_tokens=1)))
    runner.most_in_flight = 0
    told_until_prefilled(generator)
    assert runner.log.count("prefill b") == 2
    # A step and the part in its pass.
    assert runner.most_in_flight == 2


@pytest.mark.usefixtures("small_parts")
def test_where_launching_does_not_block_every_other_step_has_a_part() -> None:
    runner = FakeRunner(prefills_beside=True, launching_blocks=False, overlaps=True)
    generator = decoding(runner)
    generator.submit(Request("b", [2] * 62, WireSampling(max_tokens=1)))
    told = [streams.count("a") for streams in told_until_prefilled(generator)]

    # A step alone, and one with a part.
    first = runner.log.index("prefill b") - 2
    assert runner.log[first : first + 15] == ["decode a", "decode a", "prefill b"] * 5
    assert [tokens for _, tokens in runner.chunks[1:]] == [15, 15, 15, 15, 1]
    assert all(told)
    # Two passes, one of which has two results.
    assert runner.most_in_flight == 3


@pytest.mark.usefixtures("small_parts")
def test_a_part_beside_a_decode_step_keeps_to_the_configured_step_size() -> None:
    runner = FakeRunner(prefills_beside=True)
    generator = decoding(runner, WireBatching(prefill_step_size=7, prompt_cache_bytes=0))
    runner.chunks.clear()
    generator.submit(Request("b", [2] * 41, WireSampling(max_tokens=1)))
    told_until_prefilled(generator)
    assert runner.chunks == [(1, 7)] * 5 + [(1, 5)]
