"""Rows say what they say alone, whenever they and others come, pause and go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlx_runtime.generation import Generator, ModelTraits, SequenceGauges
from mlx_runtime.requests import FinishReason, Request, StepOutput
from mlx_runtime.wire import WireBatching, WireSampling

from .models import tiny_model
from .serving import NO_CACHE, greedy, make_generator, random_prompt, serve

Prompt: TypeAlias = tuple[int, ...]

_COMMON = random_prompt(60, 77)
_STEPS_BETWEEN_CREDITS = 7


@dataclass(frozen=True)
class Row:
    prompt: Prompt
    sampling: WireSampling
    credit: int
    comes: int
    """In steps."""
    goes: int | None
    """None: it is not cancelled."""
    prompt_lookup: bool

    def request(self, name: str) -> Request:
        return Request(
            name,
            self.prompt,
            self.sampling,
            credit=self.credit,
            prompt_lookup=self.prompt_lookup,
        )


def _prompt(common: int, length: int, seed: int) -> Prompt:
    return (*_COMMON[:common], *random_prompt(length, seed))


PROMPTS = st.builds(
    _prompt,
    st.sampled_from([0, 0, 20, 60]),
    st.sampled_from([1, 2, 17, 40]),
    st.integers(0, 3),
)
SAMPLINGS = st.one_of(
    st.sampled_from([1, 8, 24]).map(greedy),
    st.builds(
        WireSampling,
        max_tokens=st.sampled_from([5, 24]),
        temperature=st.sampled_from([0.7, 1.3]),
        top_p=st.sampled_from([0.5, 1]),
        presence_penalty=st.sampled_from([0, 0.5]),
        seed=st.integers(0, 3),
    ),
)
ROWS = st.builds(
    Row,
    PROMPTS,
    SAMPLINGS,
    credit=st.sampled_from([1, 3, 256]),
    comes=st.sampled_from([0, 0, 3, 8, 20]),
    goes=st.sampled_from([None, None, None, 5, 12]),
    prompt_lookup=st.booleans(),
)
BATCHINGS = st.builds(
    WireBatching,
    max_batch_size=st.sampled_from([1, 2, 4]),
    prefill_step_size=st.sampled_from([16, 512]),
    prompt_cache_bytes=st.sampled_from([0, 60_000, 2**30]),
)


@cache
def model_of(family: str) -> Any:
    return tiny_model(family)


@cache
def traits_of(family: str) -> ModelTraits:
    return make_generator(model_of(family)).traits


def generator_of(family: str, batching: WireBatching, *, on_device: bool) -> Generator:
    return make_generator(
        model_of(family), batching, traits=traits_of(family), samples_on_device=on_device
    )


@cache
def alone(family: str, prompt: Prompt, sampling: WireSampling, *, on_device: bool) -> list[int]:
    generator = generator_of(family, NO_CACHE, on_device=on_device)
    return serve(generator, [Request("a", prompt, sampling, prompt_lookup=False)])["a"].tokens


def serve_by_schedule(
    generator: Generator, rows: Sequence[Row]
) -> list[tuple[list[int], FinishReason]]:
    """What each row said and why it ended."""
    said: list[list[int]] = [[] for _ in rows]
    ends: dict[int, FinishReason] = {}
    step = 0
    while len(ends) < len(rows):
        for name, row in enumerate(rows):
            if row.comes == step:
                generator.submit(row.request(str(name)))
            if row.goes == step:
                generator.cancel(str(name))
            if step % _STEPS_BETWEEN_CREDITS == 0:
                generator.add_credit(str(name), row.credit)
        for output in generator.step() if generator.has_work() else ():
            if isinstance(output, StepOutput):
                said[int(output.stream_id)] += [] if output.token is None else [output.token]
                if output.finish is not None:
                    ends[int(output.stream_id)] = output.finish.reason
        step += 1
        assert step < 2_000, "somebody waits for ever"
    return [(tokens, ends[name]) for name, tokens in enumerate(said)]


@pytest.mark.parametrize("family", ["llama", "gemma3_text", "qwen3_next"])
@settings(max_examples=30)
@given(rows=st.lists(ROWS, min_size=2, max_size=7), batching=BATCHINGS, on_device=st.booleans())
def test_rows_say_what_they_say_alone(
    family: str, rows: list[Row], batching: WireBatching, on_device: bool
) -> None:
    generator = generator_of(family, batching, on_device=on_device)

    for row, (tokens, reason) in zip(rows, serve_by_schedule(generator, rows), strict=True):
        expected = alone(family, row.prompt, row.sampling, on_device=on_device)
        assert tokens == (expected[: len(tokens)] if reason == "cancelled" else expected)
    assert generator.rows() == SequenceGauges(0, 0, 0, 0)
    generator.close()
