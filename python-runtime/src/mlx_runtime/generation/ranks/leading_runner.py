"""The first rank's runner: tells the other ranks what to do, and does it.

A pass meets theirs in its collectives, so they are told before it is started.
"""

from __future__ import annotations

from collections import abc
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import replace

from ...model.adapters import Adapter
from ..forward import Forward
from ..kv_cache.layer_caches import Caches
from ..kv_cache.token_blocks import RowKV, States, TokenBlock
from ..runner import ModelRunner
from ..scheduling.scheduler import Chunk
from ..sequence import Sequence
from ..steps import DecodePlan, DecodeStep, PrefillPlan, PrefillStep, Step, StepPlan
from .leading_rows import LeadingBlock, LeadingRow, LeadingStates
from .messages import (
    Assemble,
    Clear,
    Decode,
    Forget,
    Give,
    Join,
    Leave,
    Part,
    Prefill,
    RollBack,
    Row,
    Settle,
)
from .telling import Tell, Telling


class LeadingRunner:
    """A `Runner` of texts only: no other models, no adapters, nothing is pooled."""

    def __init__(self, own: ModelRunner, tell: Tell) -> None:
        self._own = own
        self._telling = Telling(tell)
        self.kv_caches = own.kv_caches
        self.samples_on_device = own.samples_on_device
        self.prefills_beside = own.prefills_beside
        self.encodes_images_ahead = False
        self.launching_blocks = own.launching_blocks

    @property
    def running(self) -> abc.Sequence[Sequence]:
        return self._own.running

    def stream(self) -> AbstractContextManager[object]:
        return self._own.stream()

    def execute(self, plan: StepPlan) -> abc.Sequence[Step]:
        if isinstance(plan, DecodePlan):
            self._tell_decode(plan)
        elif isinstance(plan, PrefillPlan):
            sequences = [chunk.sequence for chunk in plan.chunks]
            self._telling.tell(Prefill(self._parts(plan.chunks)), sequences)
        else:
            raise _one_process_only("Pooling")
        return [self._settling(step) for step in self._own.execute(plan)]

    def encode_images_ahead(self, waiting: abc.Sequence[Sequence], part: int) -> None:
        del waiting, part
        raise _one_process_only("Images")

    def wait_for_images(self) -> None:
        """Not at all: prompts have none."""

    def join(self, sequences: abc.Sequence[Sequence]) -> None:
        if sequences:
            numbers = self._telling.numbers_of(sequences)
            self._telling.tell(Join(numbers), [*self.running, *sequences])
        self._own.join(sequences)

    def leave(self, sequences: Collection[Sequence], keeping: Collection[Sequence] = ()) -> None:
        leaving = [sequence for sequence in self.running if sequence in sequences]
        if leaving:
            numbers = self._telling.numbers_of(leaving)
            self._telling.tell(Leave(numbers, self._telling.numbers_of(keeping)))
        self._own.leave(sequences, keeping)
        for sequence in leaving:
            self._end(sequence)

    def give(self, sequence: Sequence, caches: Caches) -> None:
        self._telling.tell(Give(self._telling.number_of(sequence)))
        self._own.give(sequence, caches)

    def assemble(self, blocks: abc.Sequence[TokenBlock], states: States | None) -> Caches:
        parts = [block.as_part() for block in blocks if isinstance(block, LeadingBlock)]
        number = states.held.number if isinstance(states, LeadingStates) else None
        self._telling.tell(Assemble(parts, number))
        return self._own.assemble(blocks, states)

    def kv_of(self, sequence: Sequence) -> RowKV | None:
        row = self._own.kv_of(sequence)
        if row is None:
            return None
        return LeadingRow(row, Row(self._telling.number_of(sequence)), self._telling)

    def forget(self, sequence: Sequence) -> None:
        if self._telling.knows(sequence):
            self._telling.tell(Forget(self._telling.number_of(sequence)))
        self._own.forget(sequence)
        self._end(sequence)

    def compute(
        self, forward: Forward, caches: Caches, prompts: abc.Sequence[abc.Sequence[int]]
    ) -> None:
        del forward, caches, prompts
        raise _one_process_only("A second model")

    def roll_back(self, step: DecodeStep) -> None:
        self._telling.tell(RollBack([list(draft) for draft in step.drafts]), self.running)
        self._own.roll_back(step)

    def observe(self, step: DecodeStep, seconds: float) -> None:
        self._own.observe(step, seconds)

    def find_uncalled(self, adapter: Adapter) -> str | None:
        raise _one_process_only(f"Adapter '{adapter.name}'")

    def close(self) -> None:
        self._telling.clear()
        self._telling.tell(Clear())
        self._own.close()

    def _tell_decode(self, plan: DecodePlan) -> None:
        beside = self._parts(plan.beside)
        drafts = [list(draft) for draft in plan.drafts]
        message = Decode(self._own.overlaps(plan.drafts), drafts, beside)
        # What is on the device already the other ranks have, too.
        known = () if self._own.knows_inputs and not drafts else self.running
        self._telling.tell(message, [*known, *(chunk.sequence for chunk in plan.beside)])

    def _parts(self, chunks: abc.Sequence[Chunk]) -> list[Part]:
        return [Part(self._telling.number_of(chunk.sequence), chunk.tokens) for chunk in chunks]

    def _settling(self, step: Step) -> Step:
        if not isinstance(step, PrefillStep):
            return step
        return replace(step, wait=self._telling_of(step.wait), kv_of=self._led(step.kv_of))

    def _telling_of(self, wait: Callable[[], None]) -> Callable[[], None]:
        def settle() -> None:
            self._telling.tell(Settle())
            wait()

        return settle

    def _led(self, kv_of: Callable[[int], RowKV]) -> Callable[[int], RowKV]:
        return lambda index: LeadingRow(kv_of(index), Row(index, of_pass=True), self._telling)

    def _end(self, sequence: Sequence) -> None:
        if sequence.ended and sequence not in self._own.running:
            self._telling.end(sequence)


def _one_process_only(what: str) -> RuntimeError:
    return RuntimeError(f"{what} cannot be served by a model over several devices")
