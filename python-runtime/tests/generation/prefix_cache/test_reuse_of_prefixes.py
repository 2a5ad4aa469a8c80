"""Texts are those of a run without a cache, whatever is kept, evicted and cancelled."""

from __future__ import annotations

import gc
from collections import abc
from dataclasses import replace
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np
import pytest

from mlx_runtime.generation import DiskPrefixes, Generator, empty_caches
from mlx_runtime.model.quantized_caches import QuantizedCacheModel
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching

from ..models import tiny_model
from ..serving import (
    NO_CACHE,
    Received,
    greedy,
    make_generator,
    random_prompt,
    serve,
    step_by_step,
)

TURN_END = 7
TOKENS = 4
TURNS = {
    # Keys and values of every token, also in few bits.
    "llama": 5,
    "quantized": 3,
    # Windows and chunks.
    "gemma3_text": 4,
    "gpt_oss": 4,
    "llama4": 2,
    # Recurrent states beside keys and values, in layers of their own or in one; alone.
    "qwen3_next": 3,
    "falcon_h1": 4,
    "nemotron_h": 3,
    "mamba2": 4,
    # Caches of its own.
    "deepseek_v41": 2,
}
"""Of conversations, by family."""


def make_model(family: str) -> Any:
    if family == "quantized":
        return QuantizedCacheModel(tiny_model("llama", head_dim=32), 8, 32)
    return tiny_model(family)


class Conversations:
    """Prompts that grow out of each other, as a random tree of turns."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._texts = [[*random_prompt(40, seed), TURN_END]]

    def prompt(self) -> list[int]:
        """A turn behind one of the texts so far; some end in the middle of another one."""
        text = self._texts[self._random.integers(len(self._texts))]
        if self._random.random() < 0.3:
            text = text[: self._random.integers(1, len(text) + 1)]
        own = random_prompt(int(self._random.integers(1, 30)), int(self._random.integers(10_000)))
        return [*text, *own, TURN_END]

    def add(self, text: list[int]) -> None:
        self._texts.append([*text, TURN_END])

    def chance(self, of: float) -> bool:
        return bool(self._random.random() < of)


class Lives:
    """Generators one after the other, each on what the last one left on disk."""

    def __init__(self, model: Any, path: Path, plain: Generator) -> None:
        self._model = model
        self._path = path
        self._traits = plain.traits
        self.batching = WireBatching(
            max_batch_size=3, prefill_step_size=32, prompt_cache_bytes=capacity(plain)
        )
        self.reused = 0
        self.generator = self._begin()

    def crash(self) -> None:
        """Without an orderly end."""
        self.reused += self.generator.stats().prefix_cache.hit_tokens
        self.generator = self._begin()

    def _begin(self) -> Generator:
        disk = DiskPrefixes(self._path, 10**8, "model", lambda: empty_caches(self._model))
        return make_generator(
            self._model, self.batching, eos=[TURN_END], traits=self._traits, disk=disk
        )

    def serve(
        self, requests: abc.Sequence[Request], cancelled: set[str], *, crashes: bool
    ) -> dict[str, list[int]]:
        """Tokens of each stream. Those that a crash finds under way are resumed."""

        def cancel(step: int) -> None:
            if step == 3:
                for stream in cancelled:
                    self.generator.cancel(stream)

        before: Received = {request.stream_id: [] for request in requests}
        if crashes:
            *_, before = step_by_step(self.generator, requests, 5, lambda _: None)
            self.crash()
            requests = [
                replace(request, resume_tokens=tuple(before[request.stream_id]))
                for request in requests
            ]
        served = serve(self.generator, requests, before_step=cancel)
        return {name: before[name] + stream.tokens for name, stream in served.items()}


@pytest.mark.parametrize("family", TURNS)
def test_texts_are_those_of_a_run_without_a_cache(family: str, tmp_path: Path) -> None:
    model = make_model(family)
    plain = make_generator(model, NO_CACHE, eos=[TURN_END])
    lives = Lives(model, tmp_path, plain)
    conversations = Conversations(1)
    for turn in range(TURNS[family]):
        requests = [
            Request(f"{turn}-{index}", conversations.prompt(), greedy(TOKENS)) for index in range(3)
        ]
        cancelled = {request.stream_id for request in requests if conversations.chance(0.2)}
        served = lives.serve(requests, cancelled, crashes=turn == 1)
        for request in requests:
            tokens = served[request.stream_id]
            expected = serve(plain, [request])[request.stream_id].tokens
            assert tokens == expected[: len(tokens)]
            if request.stream_id not in cancelled:
                assert tokens == expected
                conversations.add([*request.prompt_tokens, *tokens])
    stats = lives.generator.stats().prefix_cache
    assert lives.reused + stats.hit_tokens > 0
    assert stats.bytes <= lives.batching.prompt_cache_bytes


def capacity(generator: Generator) -> int:
    """For a few texts, so that some have to go."""
    return 3 * generator.traits.footprint.nbytes(100)


@pytest.mark.parametrize("family", ["llama", "gemma3_text", "qwen3_next", "quantized"])
def test_a_second_turn_goes_on_behind_the_answer_of_the_first(family: str) -> None:
    model = make_model(family)
    generator = make_generator(model, WireBatching(), eos=[TURN_END])
    first = [*random_prompt(30, 1), TURN_END, *random_prompt(30, 2), TURN_END]
    answer = serve(generator, [Request("a", first, greedy(20))])["a"].tokens
    second = [*first, *answer, *random_prompt(10, 3), TURN_END]
    served = serve(generator, [Request("b", second, greedy(TOKENS))])["b"]
    assert served.finish.usage.cached_tokens == len(first) + len(answer) - 1


@pytest.mark.parametrize("family", ["gemma3_text", "qwen3_next", "mamba2"])
def test_a_turn_that_is_told_otherwise_is_gone_on_from_the_border_before_it(family: str) -> None:
    """As where a model's thoughts are left out of the next prompt."""
    model = make_model(family)
    plain = make_generator(model, NO_CACHE, eos=[TURN_END])
    generator = make_generator(model, WireBatching(), eos=[TURN_END])
    history = [*random_prompt(40, 1), TURN_END, *random_prompt(40, 2), TURN_END]
    opening = random_prompt(6, 3)
    cached: list[int] = []
    borders = [0]
    for turn in range(4):
        prompt = [*history, *opening]
        served = serve(generator, [Request(str(turn), prompt, greedy(20))])[str(turn)]
        assert served.tokens == serve(plain, [Request("a", prompt, greedy(20))])["a"].tokens
        cached.append(served.finish.usage.cached_tokens)
        borders.append(len(history))
        other_answer = random_prompt(12, 10 + turn)
        history += [*other_answer, TURN_END, *random_prompt(12, 20 + turn), TURN_END]
    assert cached == borders[:-1]


def test_a_prompt_that_was_given_up_is_gone_on_with() -> None:
    prompt = random_prompt(300, 1)
    generator = make_generator(tiny_model("llama"), WireBatching(prefill_step_size=64))

    def cancel(step: int) -> None:
        if step == 3:
            generator.cancel("a")

    serve(generator, [Request("a", prompt, greedy(2))], before_step=cancel)
    served = serve(generator, [Request("b", prompt, greedy(2))])["b"]
    assert served.finish.usage.cached_tokens >= 64


def test_answers_over_one_prompt_are_kept_without_a_copy_of_it() -> None:
    model = tiny_model("llama")
    system = random_prompt(512, 1)
    generator = make_generator(model, WireBatching())
    serve(generator, [Request("system", system, greedy(1))])
    alone = generator.stats().prefix_cache.bytes
    for index in range(8):
        prompt = [*system, *random_prompt(40, index)]
        serve(generator, [Request(str(index), prompt, greedy(8))])
    stats = generator.stats().prefix_cache
    per_token = alone / 511
    assert stats.entries == 8
    assert stats.bytes <= alone + 8 * 50 * per_token
    assert stats.shared_bytes == pytest.approx(7 * alone, rel=0.01)


@pytest.fixture
def exact_buffers() -> abc.Generator[None]:
    """MLX serves small arrays from larger buffers that were freed, if it keeps them."""
    limit = mx.set_cache_limit(0)
    mx.clear_cache()
    yield
    mx.set_cache_limit(limit)


@pytest.mark.usefixtures("exact_buffers")
def test_what_is_kept_keeps_no_more_memory_than_it_tells() -> None:
    model = tiny_model("llama")
    generator = make_generator(model, WireBatching(max_batch_size=4))
    requests = [Request(str(index), random_prompt(200, index), greedy(30)) for index in range(4)]
    # What earlier tests left in cycles would be freed meanwhile.
    gc.collect()
    before = mx.get_active_memory()
    serve(generator, requests)
    # Copies that are still being made hold on to what they are made of.
    with generator._runner.stream():
        mx.synchronize()
    held = mx.get_active_memory() - before
    told = generator.stats().prefix_cache.bytes
    assert 0.95 * told <= held <= told


def test_cached_tokens_of_a_resumed_answer_are_those_of_its_prompt() -> None:
    model = tiny_model("llama")
    generator = make_generator(model, WireBatching())
    prompt = random_prompt(40, 1)
    answer = serve(generator, [Request("a", prompt, greedy(30))])["a"].tokens
    resumed = Request("b", prompt, greedy(30), resume_tokens=answer[:25])
    usage = serve(generator, [resumed])["b"].finish.usage
    assert usage.cached_tokens == usage.prompt_tokens == 40
