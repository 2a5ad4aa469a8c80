"""Owns the model, the KV caches, the stream and the threads: what computes goes through it."""

from __future__ import annotations

import time
from collections import abc
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace

import mlx.core as mx

from ...model.adapters import Adapter, AdapterSet
from ..arrays import on_gpu, start, wait
from ..forward import Forward
from ..kv_cache.layer_caches import Caches, can_trim, room_for, state, trim
from ..kv_cache.token_blocks import RowKV, States, TokenBlock, assemble
from ..model_traits import ModelTraits
from ..pooling.job import PoolingPlan
from ..scheduling.attention_cost import PromptTokens
from ..scheduling.scheduler import Chunk
from ..scheduling.sizes import size_class_above
from ..sequence import Sequence
from ..steps import (
    DecodePlan,
    DecodeStep,
    Drafts,
    PoolingStep,
    PrefillPlan,
    PrefillStep,
    Step,
    StepPlan,
)
from ..threads import Threads
from .adapter_of import adapter_of
from .adapter_trial import uncalled_layer
from .batch_sampler import BatchSampler, Sampler
from .decode_batch import DecodeBatch, PrefilledGroup, TextBeside
from .images_ahead import images_ahead
from .pooling_pass import start_pooling
from .prefill_pass import PrefillPass, start_prefill


class ModelRunner:
    """The `Runner` that computes. Must be used on one thread."""

    def __init__(
        self,
        forward: Forward,
        traits: ModelTraits,
        adapters: AdapterSet,
        *,
        stream: mx.ThreadLocalStream,
        samples_on_device: bool | None = None,
        sampler: Callable[[Sampler], Sampler] = lambda own: own,
        ranks: int = 1,
    ) -> None:
        """`stream`: where the model runs.
        `samples_on_device`: None: on a GPU, where bringing logits to the host is costly.
        `sampler`: what is to sample, made of what does otherwise.
        `ranks`: processes that compute each pass together."""
        self.launching_blocks = not on_gpu()
        self.samples_on_device = on_gpu() if samples_on_device is None else samples_on_device
        self.kv_caches: dict[Sequence, Caches] = {}
        self._forward = forward
        self._adapters = adapters
        self._shares_prefixes = traits.shares_prefixes
        self.prefills_beside = traits.prefills_beside and forward.pictures is None
        self._stream = stream
        self._threads = Threads(traits.step_timings, ranks)
        self._images = images_ahead(forward.pictures, self._threads)
        self._sampler = sampler(BatchSampler(on_device=self.samples_on_device))
        self._batch = self._empty_batch()
        self._groups: dict[Sequence, PrefilledGroup] = {}
        """By sequence, those whose prompts were prefilled together to their ends."""

    @property
    def running(self) -> abc.Sequence[Sequence]:
        """The sequences of the decode batch."""
        return self._batch.sequences

    @property
    def knows_inputs(self) -> bool:
        """True when the inputs of the next decode step are on the device."""
        return self._batch.knows_inputs

    def overlaps(self, drafts: Drafts) -> bool:
        """True when the step behind the next one can start before that one's tokens are known."""
        return self._batch.overlaps(drafts)

    def stream(self) -> AbstractContextManager[object]:
        """Has everything inside run where the model runs."""
        return mx.stream(self._stream)

    def execute(self, plan: StepPlan) -> abc.Sequence[Step]:
        """Starts what was planned, without waiting for it."""
        match plan:
            case DecodePlan(beside=beside) if beside:
                return self._decode_and_prefill(beside)
            case DecodePlan():
                return [self.decode(plan.drafts)]
            case PrefillPlan():
                return [self.prefill(plan.chunks)]
            case PoolingPlan():
                return [self.pool(plan)]

    def decode(self, drafts: Drafts = ()) -> DecodeStep:
        """The next token of every running sequence, or several where some are drafted.

        With drafts, no other decode step may be in flight, and `roll_back` has to follow.
        """
        started = time.perf_counter()
        width = 1 + max(map(len, drafts), default=0)
        self._threads.begin_step(len(self._batch.sequences) * width)
        output = self._batch.launch(drafts)
        return DecodeStep(output.sequences, drafts, output.overlaps, started, output.wait)

    def _decode_and_prefill(self, chunks: abc.Sequence[Chunk]) -> abc.Sequence[Step]:
        """Both in one pass, which reads the weights once."""
        started = time.perf_counter()
        prompts = _prompt_tokens(chunks)
        rows = len(self._batch.sequences) + prompts.tokens
        self._threads.begin_step(rows)
        own = self._caches_of(chunks)
        fits = self.launching_blocks or not can_trim(own[-1])
        padding = 0 if fits else size_class_above(rows) - rows
        texts = [
            TextBeside(
                caches,
                chunk.sequence.tokens()[begin : begin + chunk.tokens],
                adapter_of(chunk.sequence),
            )
            for caches, chunk in zip(own, chunks, strict=True)
            for begin in [chunk.sequence.num_computed_tokens]
        ]
        # A GPU's libraries load code for each size of a pass.
        texts[-1] = replace(texts[-1], tokens=[*texts[-1].tokens, *[0] * padding])
        with ExitStack() as rooms:
            for caches, chunk in zip(own, chunks, strict=True):
                rooms.enter_context(room_for(caches, chunk.sequence.num_prefill_tokens))
            output = self._batch.launch((), texts)
        if padding:
            trim(own[-1], padding)
        states = [state(caches) for caches in own]
        start(states)
        return [
            DecodeStep(output.sequences, (), output.overlaps, started, output.wait, prompts),
            PrefillStep(
                chunks, started, lambda: wait(states), lambda index: RowKV(own[index]), True
            ),
        ]

    def prefill(self, chunks: abc.Sequence[Chunk]) -> PrefillStep:
        """A part of one prompt, or the whole rests of several."""
        started = time.perf_counter()
        own = self._caches_of(chunks)
        before = self._num_encoded
        with self._adapters.using([adapter_of(chunk.sequence) for chunk in chunks]):
            done = start_prefill(
                self._forward, self._threads, chunks, own, shares_prefixes=self._shares_prefixes
            )
        return PrefillStep(
            chunks,
            started,
            lambda: self._end_prefill(done),
            done.kv_of,
            encoded_images=self._num_encoded > before,
        )

    def pool(self, plan: PoolingPlan) -> PoolingStep:
        """Texts that are read and not continued."""
        started = time.perf_counter()
        self._threads.begin_pass()
        return PoolingStep(plan, started, start_pooling(self._forward, plan))

    @property
    def encodes_images_ahead(self) -> bool:
        """True where images are encoded beside other passes, by `encode_images_ahead`."""
        return self._images is not None

    def encode_images_ahead(self, waiting: abc.Sequence[Sequence], part: int) -> None:
        """Begins with the images of prompts that wait; see `Runner`."""
        if self._images is not None:
            self._images.update(waiting, part, rows_run=bool(self.running))

    def wait_for_images(self) -> None:
        """A moment, or until another image was encoded; not at all where none is."""
        if self._images is not None:
            self._images.wait()

    def join(self, sequences: abc.Sequence[Sequence]) -> None:
        """Adds prefilled sequences to the decode batch, and whoever was prefilled with them.

        Their caches may still be under computation.
        """
        groups: list[PrefilledGroup] = []
        for sequence in sequences:
            group = self._groups.get(sequence)
            if group is None:
                groups.append(PrefilledGroup([sequence], self._take_caches(sequence), False))
            elif group not in groups:
                groups.append(group)
        for sequence in [sequence for group in groups for sequence in group.sequences]:
            self.forget(sequence)
        self._batch.join(groups)

    def leave(self, sequences: Collection[Sequence], keeping: Collection[Sequence] = ()) -> None:
        """Takes sequences out of the decode batch; `keeping`: those that keep their caches."""
        self.kv_caches.update(self._batch.leave(sequences, keeping))

    def give(self, sequence: Sequence, caches: Caches) -> None:
        """Has a sequence that is not prefilled yet go on from caches of its own."""
        self.kv_caches[sequence] = caches

    def assemble(self, blocks: abc.Sequence[TokenBlock], states: States | None) -> Caches:
        """Caches for one sequence, which hold the tokens of these blocks."""
        return assemble(self._forward.empty_caches(), blocks, states)

    def kv_of(self, sequence: Sequence) -> RowKV | None:
        """What the caches of a sequence hold, in the decode batch or outside of it."""
        group = self._groups.get(sequence)
        if group is not None:
            return RowKV(group.caches, group.sequences.index(sequence))
        if sequence in self.kv_caches:
            return RowKV(self.kv_caches[sequence])
        return self._batch.kv_of(sequence)

    def forget(self, sequence: Sequence) -> None:
        """Drops the caches of a sequence outside the decode batch."""
        self.kv_caches.pop(sequence, None)
        self._groups.pop(sequence, None)

    def compute(
        self, forward: Forward, caches: Caches, prompts: abc.Sequence[abc.Sequence[int]]
    ) -> None:
        """Starts a pass of another model over the next tokens of each row, to fill its caches."""
        self._threads.prefill(forward, caches, prompts)

    def roll_back(self, step: DecodeStep) -> None:
        """Takes back the drafted tokens of a step that were not accepted."""
        self._batch.roll_back(step.drafts)

    def observe(self, step: DecodeStep, seconds: float) -> None:
        """Takes note of how long a decode step took; called for each in turn."""
        del step
        self._threads.end_step(seconds)

    def find_uncalled(self, adapter: Adapter) -> str | None:
        """A layer that the adapter changes and the model does not call; None: it calls them all."""
        return uncalled_layer(self._forward, self._adapters, adapter)

    def close(self) -> None:
        """Waits for what runs, and drops everything but the model."""
        if self._images is not None:
            self._images.close()
        mx.synchronize(self._stream)
        self.kv_caches.clear()
        self._groups.clear()
        self._batch = self._empty_batch()

    @property
    def _num_encoded(self) -> int:
        return 0 if self._forward.pictures is None else self._forward.pictures.num_encoded

    def _empty_batch(self) -> DecodeBatch:
        return DecodeBatch(
            self._forward,
            self._adapters,
            self._sampler,
            shares_prefixes=self._shares_prefixes,
        )

    def _caches_of(self, chunks: abc.Sequence[Chunk]) -> list[Caches]:
        """Plain caches of each chunk's sequence; empty ones for a sequence that begins."""
        for chunk in chunks:
            if chunk.sequence not in self.kv_caches:
                self.kv_caches[chunk.sequence] = self._forward.empty_caches()
        return [self.kv_caches[chunk.sequence] for chunk in chunks]

    def _take_caches(self, sequence: Sequence) -> Caches:
        caches = self.kv_caches.pop(sequence, None)
        return self._forward.empty_caches() if caches is None else caches

    def _end_prefill(self, done: PrefillPass) -> None:
        done.wait()
        if done.batched:
            group = PrefilledGroup(done.sequences, done.caches, True)
            self._groups.update(dict.fromkeys(done.sequences, group))


def _prompt_tokens(chunks: abc.Sequence[Chunk]) -> PromptTokens:
    parts = [PromptTokens.behind(each.sequence.num_computed_tokens, each.tokens) for each in chunks]
    return PromptTokens(sum(part.tokens for part in parts), sum(part.attended for part in parts))
