"""Runs a generator until its work is done and gathers what each stream saw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import mlx.core as mx
import numpy as np
from mlx_lm.generate import generate_step

from mlx_runtime.generation import Generator, generator_for
from mlx_runtime.generation.model_traits import ModelTraits
from mlx_runtime.generation.prefix_cache.disk import DiskPrefixes
from mlx_runtime.requests import Finish, PrefillProgress, Request, StepOutput
from mlx_runtime.wire import WireBatching, WireSampling

from .models import VOCABULARY

NO_CACHE = WireBatching(prompt_cache_bytes=0)


@dataclass
class Served:
    """What one stream received."""

    tokens: list[int] = field(default_factory=list[int])
    outputs: list[StepOutput] = field(default_factory=list[StepOutput])
    progress: list[PrefillProgress] = field(default_factory=list[PrefillProgress])
    finishes: list[Finish] = field(default_factory=list[Finish])

    @property
    def finish(self) -> Finish:
        assert len(self.finishes) == 1
        return self.finishes[0]


def make_generator(
    model: Any,
    batching: WireBatching = NO_CACHE,
    *,
    eos: Iterable[int] = (),
    vocab_size: int = VOCABULARY,
    context_length: int = 2048,
    prompt_lookup: bool = True,
    samples_on_device: bool | None = None,
    disk: DiskPrefixes | None = None,
    traits: ModelTraits | None = None,
) -> Generator:
    return generator_for(
        model,
        eos_token_ids=tuple(eos),
        vocab_size=vocab_size,
        context_length=context_length,
        batching=batching,
        prompt_lookup=prompt_lookup,
        samples_on_device=samples_on_device,
        disk=disk,
        traits=traits,
    )


def greedy(max_tokens: int) -> WireSampling:
    return WireSampling(max_tokens=max_tokens, temperature=0)


def serve(
    generator: Generator,
    requests: Iterable[Request] = (),
    *,
    before_step: Callable[[int], None] = lambda _: None,
) -> dict[str, Served]:
    """Submits the requests, steps until nothing is left to do; results by stream.

    `before_step` is called with the number of each step.
    """
    served: dict[str, Served] = {}
    for request in requests:
        generator.submit(request)
    step = 0
    before_step(0)
    while generator.has_work():
        for output in generator.step():
            stream = served.setdefault(output.stream_id, Served())
            if isinstance(output, PrefillProgress):
                stream.progress.append(output)
                continue
            assert not stream.finishes, "nothing follows a finish"
            stream.outputs.append(output)
            if output.token is not None:
                stream.tokens.append(output.token)
            if output.finish is not None:
                stream.finishes.append(output.finish)
        step += 1
        before_step(step)
        assert step < 10_000, "the generator does not come to an end"
    return served


Received = Mapping[str, list[int]]


def step_by_step(
    generator: Generator,
    requests: Sequence[Request],
    steps: int,
    before_step: Callable[[int], None],
) -> Iterator[Received]:
    """Submits the requests; after each step, the tokens so far by stream."""
    for request in requests:
        generator.submit(request)
    received: Received = {request.stream_id: [] for request in requests}
    for step in range(steps):
        before_step(step)
        for output in generator.step():
            if isinstance(output, StepOutput) and output.token is not None:
                received[output.stream_id].append(output.token)
        yield received


def random_prompt(length: int, seed: int, vocab_size: int = VOCABULARY) -> list[int]:
    return np.random.default_rng(seed).integers(0, vocab_size, length).tolist()


def reference(model: Any, prompt: list[int], max_tokens: int) -> list[int]:
    """mlx-lm's own greedy continuation."""
    steps = cast(Any, generate_step)(mx.array(prompt), model, max_tokens=max_tokens)
    return [int(token) for token, _ in steps]
