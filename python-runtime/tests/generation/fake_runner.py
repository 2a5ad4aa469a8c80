"""A runner without a model: it notes what it was told to do, and samples what it is told to."""

from __future__ import annotations

import time
from collections import abc
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TypeVar

from mlx_runtime.generation.generator import Generator
from mlx_runtime.generation.kv_cache.layer_caches import Caches
from mlx_runtime.generation.kv_cache.token_blocks import RowKV
from mlx_runtime.generation.model_traits import ModelTraits, ServingSettings
from mlx_runtime.generation.pooling.job import PoolingPlan
from mlx_runtime.generation.pooling.pooled_text import Outputs
from mlx_runtime.generation.scheduling.kv_budget import Footprint
from mlx_runtime.generation.scheduling.scheduler import Chunk
from mlx_runtime.generation.sequence import Sequence
from mlx_runtime.generation.steps import (
    DecodePlan,
    DecodeStep,
    PoolingStep,
    PrefillPlan,
    PrefillStep,
    SampledToken,
    Step,
    StepPlan,
)
from mlx_runtime.model.adapters import Adapter
from mlx_runtime.wire import WireBatching

VOCABULARY = 100
Result = TypeVar("Result")
Sample = Callable[[Sequence, int], int | None]
"""The token behind so many output tokens; None: logits that are no numbers."""


@dataclass
class FakeRunner:
    launching_blocks: bool = True
    overlaps: bool = False
    sample: Sample = lambda _, position: 10 + position
    samples_on_device: bool = False
    encodes_images_ahead: bool = False
    prefills_beside: bool = False
    kv_caches: dict[Sequence, Caches] = field(default_factory=dict[Sequence, Caches])
    running: list[Sequence] = field(default_factory=list[Sequence])
    log: list[str] = field(default_factory=list[str])
    chunks: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    """Of each prefill: sequences that ran meanwhile, and tokens of all its prompts."""
    in_flight: int = 0
    most_in_flight: int = 0

    def stream(self) -> AbstractContextManager[object]:
        return nullcontext()

    def execute(self, plan: StepPlan) -> abc.Sequence[Step]:
        match plan:
            case DecodePlan(beside=beside) if beside:
                return [self._decode(()), self._prefill(beside, beside=True)]
            case DecodePlan():
                return [self._decode(plan.drafts)]
            case PrefillPlan():
                return [self._prefill(plan.chunks)]
            case PoolingPlan():
                self.log.append("pool")
                nothing: Outputs = ()
                wait = self._launch(lambda: nothing)
                return [PoolingStep(plan, time.perf_counter(), wait)]

    def compute(self, forward: object, caches: object, prompts: object) -> None:
        raise NotImplementedError("there is no second model")

    def encode_images_ahead(self, waiting: abc.Sequence[Sequence], part: int) -> None:
        raise NotImplementedError("there are no images")

    def wait_for_images(self) -> None:
        pass

    def join(self, sequences: abc.Sequence[Sequence]) -> None:
        for sequence in sequences:
            self.kv_caches.pop(sequence, None)
            self.running.append(sequence)

    def leave(self, sequences: Collection[Sequence], keeping: Collection[Sequence] = ()) -> None:
        self.running = [sequence for sequence in self.running if sequence not in sequences]
        self.kv_caches.update((sequence, []) for sequence in keeping)

    def give(self, sequence: Sequence, caches: Caches) -> None:
        self.kv_caches[sequence] = caches

    def assemble(self, blocks: object, states: object) -> Caches:
        return []

    def kv_of(self, sequence: Sequence) -> RowKV | None:
        return RowKV([])

    def forget(self, sequence: Sequence) -> None:
        self.kv_caches.pop(sequence, None)

    def roll_back(self, step: DecodeStep) -> None:
        for sequence in step.sequences:
            sequence.num_in_flight = 0

    def observe(self, step: DecodeStep, seconds: float) -> None:
        pass

    def find_uncalled(self, adapter: Adapter) -> str | None:
        return None

    def close(self) -> None:
        self.running = []
        self.kv_caches.clear()

    def _prefill(self, chunks: abc.Sequence[Chunk], *, beside: bool = False) -> PrefillStep:
        self.log.append("prefill " + " ".join(chunk.sequence.stream_id for chunk in chunks))
        self.chunks.append((len(self.running), sum(chunk.tokens for chunk in chunks)))
        wait = self._launch(lambda: None)
        return PrefillStep(chunks, time.perf_counter(), wait, lambda _: RowKV([]), beside)

    def _decode(self, drafts: abc.Sequence[abc.Sequence[int]]) -> DecodeStep:
        sequences = tuple(self.running)
        self.log.append("decode " + " ".join(sequence.stream_id for sequence in sequences))
        positions = [sequence.num_sampled_tokens for sequence in sequences]
        sampled = _Sampled(self.sample, sequences, positions)
        wait = self._launch(lambda: sampled)
        return DecodeStep(sequences, drafts, self.overlaps, time.perf_counter(), wait)

    def _launch(self, result: Callable[[], Result]) -> Callable[[], Result]:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)

        def wait() -> Result:
            self.in_flight -= 1
            return result()

        return wait


@dataclass
class _Sampled:
    sample: Sample
    sequences: abc.Sequence[Sequence]
    positions: abc.Sequence[int]

    def at(self, index: int, position: int) -> SampledToken | None:
        token = self.sample(self.sequences[index], self.positions[index] + position)
        return None if token is None else SampledToken(token)


def fake_generator(
    runner: FakeRunner,
    batching: WireBatching | None = None,
    *,
    mergeable: bool = True,
    can_roll_back: bool = False,
    step_timings: abc.Sequence[tuple[int, float]] = (),
) -> Generator:
    traits = ModelTraits(
        mergeable=mergeable,
        prefills_together=True,
        needs_checkpoints=False,
        footprint=Footprint(()),
        can_roll_back=can_roll_back,
        shares_prefixes=False,
        prefills_beside=False,
        prefill_timings=(),
        step_timings=step_timings,
        vocab_size=VOCABULARY,
    )
    settings = ServingSettings(
        traits=traits,
        eos_token_ids=(),
        context_length=4096,
        batching=batching or WireBatching(prompt_cache_bytes=0),
    )
    return Generator(runner, settings)
