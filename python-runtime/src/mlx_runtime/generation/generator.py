"""Continuous batching on one thread: schedule, step, emit."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

import mlx.core as mx

from ..pooling import EmbeddingTraits
from ..requests import PrefillProgress, Request, StepOutput, Usage
from ..wire import WireBatching
from .admission import Admission
from .arrays import on_gpu
from .decode_batch import Arrivals, DecodeBatch, Flight
from .freed_memory import FreedMemory
from .kv_cache.layer_caches import LanguageModel, empty_caches
from .kv_cache.probe import ModelTraits, probe_model
from .output_processor import OutputProcessor
from .pooling import Pooler
from .prefill import Prefilling
from .prefix_cache.disk import DiskPrefixes
from .prefix_cache.manager import PrefixCacheManager
from .refusal import check_request, duplicate_stream, queue_full
from .sample import SampledTokens
from .scheduling.kv_budget import KVBudget
from .scheduling.scheduler import Phase, QueueFull, Scheduler
from .scheduling.step_cost import StepCost
from .scheduling.token_budget import DeviceClock, TokenBudget
from .sequence import Row, make_row
from .spec_decode import self_drafts
from .spec_decode.draft_model import DraftCandidate, prepare_draft_model
from .spec_decode.proposer import Proposer
from .spec_decode.verify import emit_rows
from .stats import GeneratorStats, row_gauges
from .step_times import StepTimes
from .threads import Threads


class Generator:
    """Serves requests in one batch. Every method must be called on one thread."""

    def __init__(
        self,
        model: LanguageModel,
        *,
        eos_token_ids: Collection[int],
        vocab_size: int,
        context_length: int,
        batching: WireBatching,
        memory_bytes: int | None = None,
        disk: DiskPrefixes | None = None,
        prompt_lookup: bool = True,
        samples_on_device: bool | None = None,
        embedding: EmbeddingTraits | None = None,
        traits: ModelTraits | None = None,
    ) -> None:
        """`memory_bytes`: what weights, rows and kept prefixes may fill; None: no limit.
        `disk`: keeps prefixes beyond the life of this generator, which does not close it.
        `prompt_lookup`: draft tokens from a row's own text where that pays.
        `traits`: what is known of the model; None: it is found out by running it.
        `samples_on_device`: None: on a GPU, where bringing logits to the host is costly.
        """
        self._model = model
        self._eos = frozenset(eos_token_ids)
        self._vocab_size = vocab_size
        self._context_length = context_length
        self._stream = mx.new_thread_local_stream(mx.default_device())
        with mx.stream(self._stream):
            traits = traits or probe_model(model, vocab_size)
        self.traits = traits
        self.batches = traits.mergeable
        """False: the model's caches cannot be batched; rows are served one at a time."""
        self.drafts = traits.can_roll_back
        """False: drafted tokens could not be taken back from the model's caches."""
        cost = StepCost(traits.step_timings)
        threads = Threads(traits.step_timings)
        self._proposer = Proposer(cost)
        self._looks_up = prompt_lookup and traits.can_roll_back
        max_rows = batching.max_batch_size if traits.mergeable else 1
        target = batching.target_batch_time_ms
        self._token_budget = TokenBudget(max_rows, target and target / 1000)
        for tokens, seconds in traits.prefill_timings:
            self._token_budget.observe_prefill(tokens, seconds)
        clock = DeviceClock()
        self._times = StepTimes(clock, threads, self._token_budget, cost)
        self._freed = FreedMemory()
        self._kv_budget = KVBudget(traits.footprint, mx.get_active_memory(), memory_bytes)
        with mx.stream(self._stream):
            self.pooler = Pooler(
                model,
                batching,
                traits,
                self._kv_budget,
                self._token_budget,
                clock,
                threads,
                embedding,
            )
        self._scheduler = Scheduler(max_rows, batching.max_queued_requests)
        self._prefix_cache = PrefixCacheManager(
            self._scheduler,
            batching.prompt_cache_bytes,
            needs_checkpoints=traits.needs_checkpoints,
            disk=disk,
        )
        self._output_processor = OutputProcessor(self._scheduler, self._forget)
        self._prefilling = Prefilling(
            model,
            batching.prefill_step_size,
            self._scheduler,
            self._prefix_cache,
            self._output_processor,
            self._token_budget,
            clock,
            threads,
            shares_prefixes=traits.shares_prefixes,
            together=traits.prefills_together,
        )
        self._admission = Admission(
            self._kv_budget, self._scheduler, self._output_processor, self._prefix_cache
        )
        self._samples_on_device = on_gpu() if samples_on_device is None else samples_on_device
        self._launching_blocks = not on_gpu()
        """A CPU computes nearly all of a pass before the call that starts it returns."""
        self._batch = self._empty_batch()
        self._flight: Flight | None = None
        self._arrivals: list[Arrivals] = []
        self._stale = False

    def submit(self, request: Request) -> None:
        """Queues a request; raises Refused when it cannot be served."""
        if request.stream_id in self._output_processor.rows:
            raise duplicate_stream(request.stream_id)
        check_request(request, self._vocab_size, self._context_length)
        row = make_row(request, self._eos, self._context_length)
        self._admission.require_place(row)
        try:
            self._scheduler.submit(row.ticket)
        except QueueFull:
            raise queue_full(self._scheduler.count(Phase.QUEUED)) from None
        self._output_processor.rows[request.stream_id] = row
        if len(row.generated) >= row.token_limit:
            self._output_processor.end(row, "length")

    def attach(self, draft: DraftCandidate) -> None:
        """Has a model draft for the requests that ask for it; raises Refused."""
        self.detach()
        with mx.stream(self._stream):
            self._proposer.model = prepare_draft_model(
                draft, self._vocab_size, on_device=self._samples_on_device
            )
        self._kv_budget.reserve_for_draft(self._proposer.model.footprint, draft.weight_bytes)

    def detach(self) -> None:
        """Lets requests go on without a draft model."""
        if self._proposer.model is not None:
            self._proposer.model = None
            self._kv_budget.reserve_for_draft(None, 0)
            mx.clear_cache()

    @property
    def drafted_rows(self) -> int:
        """Rows whose text the draft model holds."""
        return 0 if self._proposer.model is None else self._proposer.model.rows

    def cancel(self, stream_id: str) -> None:
        """Ends a stream, which is told so by the next step; unknown ones are ignored."""
        row = self._output_processor.rows.get(stream_id)
        if row is not None:
            self._output_processor.end(row, "cancelled")

    def finish(self, stream_id: str) -> Usage | None:
        """Ends a stream that its consumer found complete; nothing more is emitted for it.

        Returns what it used, or None when it had ended before.
        """
        row = self._output_processor.rows.get(stream_id)
        return None if row is None else self._output_processor.close(row, "stop")

    def add_credit(self, stream_id: str, tokens: int) -> None:
        """Lets a stream emit `tokens` more; unknown ones are ignored."""
        self._scheduler.add_credit(stream_id, tokens)

    def has_work(self) -> bool:
        """True while `step` would make progress; a paused stream is no work."""
        if (
            self._output_processor.has_outputs
            or self._stale
            or self._flight
            or self._prefilling.in_flight
        ):
            return True
        if self._prefix_cache.has_writes or self.pooler.has_work:
            return True
        paused = self._scheduler.in_phase(Phase.PAUSED)
        resumed = any(ticket.credit > 0 for ticket in paused)
        return resumed or len(self._scheduler) > len(paused)

    def step(self) -> list[StepOutput | PrefillProgress]:
        """One decode step, and a part of a prompt behind it; returns what they produced."""
        with mx.stream(self._stream):
            reads = self._prefilling.in_flight or self.pooler.in_flight
            if self._flight is not None and reads:
                # The step is done long before what is read behind it: its tokens go first.
                self._emit(self._take_flight())
            else:
                if reads or not self._batch.rows:
                    self._times.interrupt()
                self._arrivals += self._prefilling.settle(self._arrive)
                self._output_processor.counters.prefilled_tokens += self.pooler.settle()
                self._schedule()
                self._step()
                self._prefix_cache.write_some()
        outputs = self._output_processor.take_outputs()
        if not self.has_work():
            self._freed.rest()
        return outputs

    def stats(self) -> GeneratorStats:
        self._output_processor.counters.reused_tokens = self._prefix_cache.reused_tokens
        return GeneratorStats(
            counters=self._output_processor.counters,
            rows=row_gauges(self._scheduler),
            prefix_cache=self._prefix_cache.stats(),
        )

    def close(self) -> None:
        """Drops all rows and caches without a word to their streams."""
        mx.synchronize(self._stream)
        self._flight = None
        self._prefilling.drop()
        self._arrivals.clear()
        self._output_processor.rows.clear()
        self._proposer.retain(())
        self._batch = self._empty_batch()
        self._prefix_cache.cache.shrink(0)
        mx.clear_cache()

    def _empty_batch(self) -> DecodeBatch:
        return DecodeBatch(
            self._model,
            samples_on_device=self._samples_on_device,
            shares_prefixes=self.traits.shares_prefixes,
        )

    # Schedule

    def _schedule(self) -> None:
        self._arrive(self._prefix_cache.poll_lookups())
        self._scheduler.row_limit = self._token_budget.row_limit
        self._arrive(self._admission.admit())

    def _arrive(self, rows: Sequence[Row]) -> None:
        """Lets rows that have read their prompts alone into the next decode step."""
        for row in rows:
            if row.ticket.unread == 0:
                caches = row.caches if row.caches is not None else empty_caches(self._model)
                self._arrivals.append(Arrivals([row], caches, batched=False))
                row.caches = None

    def _change_batch(self) -> None:
        """Takes out rows that ended or ran out of credit, then lets new ones in."""
        rows = self._batch.rows
        done = {row for row in rows if row.ended or row.launched >= row.token_limit}
        paused = {row for row in rows if row not in done and row.in_flight >= row.ticket.credit}
        self._batch.leave(done | paused, keeping_caches=paused | self._prefix_cache.wanted(done))
        for row in done:
            self._prefix_cache.insert(row)
        for row in paused:
            self._scheduler.pause(row.ticket)
        now = time.monotonic()
        for row in (row for group in self._arrivals for row in group.rows):
            row.times.decoding = row.times.decoding or now
            if self._looks_up:
                self_drafts.begin(row)
        self._batch.join(self._arrivals)
        self._arrivals.clear()
        self._batch.leave({row for row in self._batch.rows if row.ended})
        self._proposer.retain(self._batch.rows)
        self._stale = False

    def _forget(self, row: Row) -> None:
        row.caches = None
        self._stale = True
        self._arrive(self._prefix_cache.leave(row))

    # Step

    def _step(self) -> None:
        previous = self._take_flight()
        if previous is not None and not self._runs_ahead(previous):
            self._emit(previous)
            previous = None
        self._change_batch()
        rows = self._batch.rows
        if rows:
            drafts = self._proposer.draft(rows) if previous is None else ()
            if self._proposer.model is not None:
                # It reckons with its own time.
                self._times.interrupt()
            self._times.begin(len(rows), 1 + max(map(len, drafts), default=0))
            self._flight = self._batch.launch(drafts)
            self._output_processor.counters.decode_steps += 1
            self._freed.step()
        if self._launching_blocks and (self._reads_next or self._awaited or not self._overlaps):
            # What was computed meanwhile would be told of only behind the next pass.
            self._emit(previous)
            self._emit(self._take_flight())
            previous = None
        self._launch_prefill()
        self._emit(previous)
        if not (self._flight or self._prefilling.in_flight or self.pooler.in_flight):
            self._prefix_cache.wait_for_disk()

    @property
    def _reads_next(self) -> bool:
        return self._scheduler.count(Phase.PREFILLING) > 0 or self.pooler.has_work

    @property
    def _awaited(self) -> bool:
        """True when somebody's first token is under way."""
        return self._flight is not None and any(not row.generated for row in self._flight.rows)

    @property
    def _overlaps(self) -> bool:
        return self._flight is not None and self._flight.overlaps

    def _runs_ahead(self, flight: Flight) -> bool:
        """True when the next pass starts before this one is read."""
        if self._launching_blocks and any(row.launched >= row.token_limit for row in flight.rows):
            # Their last tokens would wait until what they leave behind is copied.
            return False
        # Drafts need its tokens.
        return flight.overlaps and not self._proposer.would_draft(flight.rows)

    def _take_flight(self) -> Flight | None:
        flight, self._flight = self._flight, None
        return flight

    def _launch_prefill(self) -> None:
        running, waiting = len(self._batch.rows), self._scheduler.count(Phase.PREFILLING)
        if not self.pooler.launch(running, prompts_wait=waiting > 0):
            self._prefilling.launch(running)

    # Emit

    def _emit(self, flight: Flight | None) -> None:
        """Waits for a pass and emits what it produced for rows that are still wanted."""
        if flight is None:
            return
        choices = SampledTokens(flight)
        rows, width = flight.max_logits.shape
        seconds = self._times.end(rows, width, drafted=bool(flight.drafts))
        emitted = emit_rows(self._output_processor, choices, flight)
        self._proposer.observe(emitted, seconds, drafted=bool(flight.drafts))
        if flight.drafts:
            self._batch.settle(flight)
