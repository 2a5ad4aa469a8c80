"""Continuous batching on one thread: schedule, step, emit."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

import mlx.core as mx

from ..requests import Failure, Finish, FinishReason, PrefillProgress, Request, StepOutput
from ..wire import WireBatching
from .caches import LanguageModel, empty_caches, forgets
from .choose import Choice, choose
from .decode_batch import Arrivals, DecodeBatch, Flight
from .prefill import PrefillPass, start_prefill
from .refusal import check_request, duplicate_stream, non_finite_logits, queue_full, queue_timeout
from .row import Row, make_row
from .scheduler import Chunk, Phase, QueueFull, Scheduler
from .sharing import PrefixSharing
from .stats import Counters, GeneratorStats, PrefixCacheStats, RowGauges

_STEPS_BETWEEN_CLEARS = 512
"""MLX keeps freed buffers for reuse; sizes grow with the batch, so give them back at times."""


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
    ) -> None:
        self._model = model
        self._eos = frozenset(eos_token_ids)
        self._vocab_size = vocab_size
        self._context_length = context_length
        self._prefill_step_size = batching.prefill_step_size
        self._stream = mx.new_thread_local_stream(mx.default_device())
        self._scheduler = Scheduler(batching.max_batch_size, batching.max_queued_requests)
        self._sharing = PrefixSharing(
            self._scheduler, batching.prompt_cache_bytes, forgets=forgets(empty_caches(model))
        )
        self._batch = DecodeBatch(model)
        self._rows: dict[str, Row] = {}
        self._flight: Flight | None = None
        self._prefill: PrefillPass | None = None
        self._arrivals: list[Arrivals] = []
        self._stale = False
        self._outputs: list[StepOutput | PrefillProgress] = []
        self._counters = Counters()

    def submit(self, request: Request) -> None:
        """Queues a request; raises Refused when it cannot be served."""
        if request.stream_id in self._rows:
            raise duplicate_stream(request.stream_id)
        check_request(request, self._vocab_size, self._context_length)
        row = make_row(request, self._eos, self._context_length)
        try:
            self._scheduler.submit(row.ticket)
        except QueueFull:
            raise queue_full(self._scheduler.count(Phase.QUEUED)) from None
        self._rows[request.stream_id] = row
        if len(row.generated) >= row.token_limit:
            self._end(row, "length")

    def cancel(self, stream_id: str) -> None:
        """Ends a stream, which is told so by the next step; unknown ones are ignored."""
        row = self._rows.get(stream_id)
        if row is not None:
            self._end(row, "cancelled")

    def finish(self, stream_id: str) -> None:
        """Ends a stream that its consumer found complete; nothing more is emitted for it."""
        row = self._rows.get(stream_id)
        if row is not None:
            self._counters.finished += 1
            self._release(row)

    def add_credit(self, stream_id: str, tokens: int) -> None:
        """Lets a stream emit `tokens` more; unknown ones are ignored."""
        self._scheduler.add_credit(stream_id, tokens)

    def has_work(self) -> bool:
        """True while `step` would make progress; a paused stream is no work."""
        if self._outputs or self._stale or self._flight or self._prefill:
            return True
        paused = self._scheduler.in_phase(Phase.PAUSED)
        resumed = any(ticket.credit > 0 for ticket in paused)
        return resumed or len(self._scheduler) > len(paused)

    def step(self) -> list[StepOutput | PrefillProgress]:
        """One decode step, and a part of a prompt behind it; returns what they produced."""
        with mx.stream(self._stream):
            self._schedule()
            self._step()
        outputs, self._outputs = self._outputs, []
        return outputs

    def stats(self) -> GeneratorStats:
        count = self._scheduler.count
        cache = self._sharing.cache
        self._counters.reused_tokens = self._sharing.reused_tokens
        return GeneratorStats(
            counters=self._counters,
            rows=RowGauges(
                queued=count(Phase.QUEUED),
                prefilling=count(Phase.PREFILLING),
                decoding=count(Phase.DECODING),
                paused=count(Phase.PAUSED),
            ),
            prefix_cache=PrefixCacheStats(len(cache), cache.nbytes, cache.hits, cache.misses),
        )

    def close(self) -> None:
        """Drops all rows and caches without a word to their streams."""
        mx.synchronize(self._stream)
        self._flight = self._prefill = None
        self._arrivals.clear()
        self._rows.clear()
        self._batch = DecodeBatch(self._model)
        self._sharing.cache.shrink(0)
        mx.clear_cache()

    # Schedule

    def _schedule(self) -> None:
        now = time.monotonic()
        for ticket in self._scheduler.expire(now):
            self._end(self._rows[ticket.stream_id], "error", failure=queue_timeout())
        for ticket in self._scheduler.admit(lambda _: True):
            row = self._rows[ticket.stream_id]
            if row.times.admitted == 0:
                row.times.admitted = now
                self._counters.admitted += 1
                self._sharing.welcome(row)
            if row.ticket.unread == 0:
                self._arrive([row])

    def _arrive(self, rows: Sequence[Row]) -> None:
        """Lets rows with caches of their own into the next decode step."""
        for row in rows:
            caches = row.caches if row.caches is not None else empty_caches(self._model)
            self._arrivals.append(Arrivals([row], caches, batched=False))
            row.caches = None

    def _change_batch(self) -> None:
        """Takes out rows that ended or ran out of credit, then lets new ones in."""
        rows = self._batch.rows
        done = {row for row in rows if row.ended or row.launched >= row.token_limit}
        paused = {row for row in rows if row not in done and row.in_flight >= row.ticket.credit}
        self._batch.leave(done | paused, keeping_caches=paused | done)
        for row in done:
            caches, row.caches = row.caches, None
            if caches is not None and not row.broken:
                self._sharing.keep_answer(row, caches)
        for row in paused:
            self._scheduler.pause(row.ticket)
        for group in self._arrivals:
            for row in group.rows:
                row.times.decoding = row.times.decoding or time.monotonic()
        self._batch.join(self._arrivals)
        self._arrivals.clear()
        self._batch.leave({row for row in self._batch.rows if row.ended})
        self._stale = False

    # Step

    def _step(self) -> None:
        if self._flight is not None and self._prefill is not None:
            # The step is done long before the prompt behind it: let its tokens go first.
            flight, self._flight = self._flight, None
            self._collect(flight)
            return
        self._settle_prefill()
        previous, self._flight = self._flight, None
        if previous is not None and not previous.chosen:
            self._collect(previous)
            previous = None
        self._change_batch()
        if self._batch.rows:
            self._flight = self._batch.launch()
            self._counters.decode_steps += 1
            if self._counters.decode_steps % _STEPS_BETWEEN_CLEARS == 0:
                mx.clear_cache()
        self._launch_prefill()
        if previous is not None:
            self._collect(previous)

    def _launch_prefill(self) -> None:
        plan = self._scheduler.plan_prefill(self._prefill_step_size)
        if plan:
            rows = [self._rows[chunk.ticket.stream_id] for chunk in plan]
            self._prefill = start_prefill(self._model, rows, [chunk.tokens for chunk in plan])

    def _settle_prefill(self) -> None:
        done, self._prefill = self._prefill, None
        if done is None:
            return
        done.wait()
        self._counters.prefilled_tokens += sum(done.lengths)
        for index, (row, length) in enumerate(zip(done.rows, done.lengths, strict=True)):
            if row.ended:
                continue
            self._scheduler.read([Chunk(row.ticket, length)])
            self._outputs.append(PrefillProgress(row.stream_id, row.read, row.prefill_total))
            if self._sharing.wants_caches(row):
                released = self._sharing.has_read(row, done.caches_of(index))
                self._arrive([other for other in released if other.ticket.unread == 0])
        if any(row.ticket.unread == 0 for row in done.rows):
            for row in done.rows:
                row.caches = None
            self._arrivals.append(done.arrivals())

    # Emit

    def _collect(self, flight: Flight) -> None:
        """Waits for a pass and emits what it produced for rows that are still wanted."""
        for row, choice in zip(flight.rows, choose(flight), strict=True):
            if row.ended:
                continue
            if choice is None:
                row.broken = True
                self._end(row, "error", failure=non_finite_logits())
            else:
                self._emit(row, choice)

    def _emit(self, row: Row, choice: Choice) -> None:
        if choice.token in row.stop_ids:
            self._end(row, "stop", stop_token_id=choice.token)
            return
        row.generated.append(choice.token)
        for edit in row.edits:
            edit.advance(choice.token)
        self._scheduler.spend(row.ticket)
        self._counters.generated_tokens += 1
        complete = len(row.generated) >= row.token_limit
        finish = self._finish(row, "length") if complete else None
        self._outputs.append(
            StepOutput(row.stream_id, choice.token, choice.logprob, choice.top, finish)
        )

    def _end(
        self,
        row: Row,
        reason: FinishReason,
        *,
        stop_token_id: int | None = None,
        failure: Failure | None = None,
    ) -> None:
        finish = self._finish(row, reason, stop_token_id, failure)
        self._outputs.append(StepOutput(row.stream_id, None, finish=finish))

    def _finish(
        self,
        row: Row,
        reason: FinishReason,
        stop_token_id: int | None = None,
        failure: Failure | None = None,
    ) -> Finish:
        if reason == "cancelled":
            self._counters.cancelled += 1
        elif reason == "error":
            self._counters.failed += 1
        else:
            self._counters.finished += 1
        self._release(row)
        return Finish(reason, row.usage(), stop_token_id, failure)

    def _release(self, row: Row) -> None:
        row.ended = True
        row.caches = None
        row.times.ended = time.monotonic()
        self._stale = True
        self._scheduler.remove(row.stream_id)
        self._arrive([other for other in self._sharing.leave(row) if other.ticket.unread == 0])
        del self._rows[row.stream_id]
