"""Continuous batching on one thread: schedule, execute, emit."""

from __future__ import annotations

from collections import deque

from ..model.adapters import AdapterSet
from ..requests import PrefillProgress, Request, StepOutput, Usage
from .adapter_slot import AdapterSlot
from .draft_slot import DraftSlot
from .freed_memory import FreedMemory
from .model_traits import ModelTraits, ServingSettings
from .parts import make_parts
from .planner import Planner
from .prefix_cache.disk import DiskPrefixes
from .refusal import check_request, duplicate_stream, queue_full
from .scheduling.kv_budget import KVUse
from .scheduling.scheduler import QueueFull
from .sequence import Phase, make_sequence
from .stats import GeneratorStats, SequenceGauges, sequence_gauges
from .step_emitter import StepEmitter
from .steps import DecodeStep, Runner, Step, is_beside


class Generator:
    """Serves requests in one batch. Every method must be called on one thread."""

    def __init__(
        self,
        runner: Runner,
        settings: ServingSettings,
        disk: DiskPrefixes | None = None,
        adapters: AdapterSet | None = None,
    ) -> None:
        """`disk`: keeps prefixes beyond the life of this generator, which does not close it.
        `adapters`: those that requests may name."""
        self.settings = settings
        parts = make_parts(runner, settings, disk)
        self._parts = parts
        self._runner = runner
        self._scheduler = parts.scheduler
        self._outputs = parts.outputs
        self._prefix_cache = parts.prefix_cache
        self.pooler = parts.pooler
        self._planner = Planner(
            parts,
            settings.batching.prefill_step_size,
            prefills_together=settings.traits.prefills_together,
        )
        self._emitter = StepEmitter(parts, self._planner.add)
        self._in_flight: deque[Step] = deque()
        self._freed = FreedMemory()
        self.draft_slot = DraftSlot(parts, runner, settings.traits, self._freed)
        self.adapter_slot = AdapterSlot(parts, runner, adapters, self._freed)

    @property
    def traits(self) -> ModelTraits:
        return self.settings.traits

    @property
    def batches(self) -> bool:
        """False: the model's caches cannot be batched; sequences are served one at a time."""
        return self.traits.mergeable

    @property
    def drafts(self) -> bool:
        """False: drafted tokens could not be taken back from the model's caches."""
        return self.traits.can_roll_back

    def submit(self, request: Request) -> None:
        """Queues a request; raises Refused when it cannot be served."""
        if request.stream_id in self._outputs.sequences:
            raise duplicate_stream(request.stream_id)
        settings = self.settings
        check_request(request, settings.traits.vocab_size, settings.context_length)
        adapter = self.adapter_slot.find(request.adapter)
        sequence = make_sequence(request, settings.eos_token_ids, settings.context_length, adapter)
        self._parts.admission.require_memory(sequence)
        try:
            self._scheduler.submit(sequence)
        except QueueFull:
            raise queue_full(self._scheduler.count(Phase.QUEUED)) from None
        self._outputs.sequences[request.stream_id] = sequence
        if len(sequence.output_tokens) >= sequence.max_output_tokens:
            self._outputs.end(sequence, "length")

    def cancel(self, stream_id: str) -> None:
        """Ends a stream, which is told so by the next step; unknown ones are ignored."""
        sequence = self._outputs.sequences.get(stream_id)
        if sequence is not None:
            self._outputs.end(sequence, "cancelled")

    def finish(self, stream_id: str) -> Usage | None:
        """Ends a stream that its consumer found complete; nothing more is emitted for it.

        Returns what it used, or None when it had ended before.
        """
        sequence = self._outputs.sequences.get(stream_id)
        return None if sequence is None else self._outputs.close(sequence, "stop")

    def add_credit(self, stream_id: str, tokens: int) -> None:
        """Lets a stream emit `tokens` more; unknown ones are ignored."""
        self._scheduler.add_credit(stream_id, tokens)

    def has_work(self) -> bool:
        """True while `step` would make progress; a paused stream is no work."""
        if self._in_flight or self._outputs.has_outputs or self._planner.has_ended:
            return True
        if self._prefix_cache.has_writes or self.pooler.has_work:
            return True
        paused = self._scheduler.in_phase(Phase.PAUSED)
        resumed = any(sequence.credit > 0 for sequence in paused)
        return resumed or len(self._scheduler) > len(paused)

    def step(self) -> list[StepOutput | PrefillProgress]:
        """Starts what is to run next, and returns what the oldest step in flight produced.

        Where the next plan depends on that step, it is read first; the tokens of a decode
        step do not wait for the prefill behind it.
        """
        with self._runner.stream():
            ahead = self._planner.runs_ahead(self._in_flight)
            if not ahead:
                self._emit_oldest()
            if ahead or not self._in_flight:
                self._start_next()
                self._emit_due(ahead=ahead)
            if not self._in_flight and self._planner.owes_a_pass:
                self._start_next()
        outputs = self._outputs.take_outputs()
        if not self.has_work():
            self._freed.rest()
        return outputs

    def stats(self) -> GeneratorStats:
        self._outputs.counters.reused_tokens = self._prefix_cache.reused_tokens
        return GeneratorStats(
            counters=self._outputs.counters,
            rows=self.rows(),
            prefix_cache=self._prefix_cache.stats(),
        )

    def rows(self) -> SequenceGauges:
        return sequence_gauges(self._scheduler)

    def kept_names(self) -> bytes:
        """What callers call the prompts whose computation is kept: 32 bits each."""
        return self._prefix_cache.kept_names()

    def kv_use(self) -> KVUse:
        """What the key-value caches are planned to take at this moment."""
        return self._parts.admission.kv_use()

    def close(self) -> None:
        """Drops all sequences and caches without a word to their streams."""
        self._runner.close()
        self._in_flight.clear()
        self._outputs.sequences.clear()
        self._parts.proposer.retain(())
        self._prefix_cache.clear()
        self._freed.clear()

    def _start_next(self) -> None:
        plan = self._planner.schedule(self._in_flight)
        for step in () if plan is None else self._runner.execute(plan):
            self._emitter.start(step)
            self._in_flight.append(step)
            if isinstance(step, DecodeStep):
                self._freed.step()
        self._prefix_cache.write_some()

    def _emit_oldest(self) -> None:
        """Of one pass, be it of a decode step and parts of prompts."""
        if self._in_flight:
            self._emitter.emit(self._in_flight.popleft())
        while self._in_flight and is_beside(self._in_flight[0]):
            self._emitter.emit(self._in_flight.popleft())

    def _emit_due(self, *, ahead: bool) -> None:
        """Emits what need not, or must not, wait for the next step."""
        if self._in_flight and not self._planner.keeps_in_flight(self._in_flight[-1]):
            while self._in_flight:
                self._emit_oldest()
        elif ahead:
            self._emit_oldest()
        if not self._in_flight and not self._planner.owes_a_pass:
            self._prefix_cache.wait_for_disk()
            if not self._runner.running:
                self._runner.wait_for_images()
