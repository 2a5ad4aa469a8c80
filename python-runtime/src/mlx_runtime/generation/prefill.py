"""Which parts of which prompts are read, and what becomes of those that were."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from .decode_batch import Arrivals
from .kv_cache.layer_caches import LanguageModel
from .output_processor import OutputProcessor
from .prefill_pass import PrefillPass, start_prefill
from .prefix_cache.manager import PrefixCacheManager
from .scheduling.scheduler import Chunk, Phase, Scheduler
from .scheduling.token_budget import DeviceClock, TokenBudget
from .sequence import Row
from .threads import Threads


class Prefilling:
    """One pass at a time, launched behind a decode step and settled before the next."""

    def __init__(
        self,
        model: LanguageModel,
        step_size: int,
        scheduler: Scheduler,
        sharing: PrefixCacheManager,
        output_processor: OutputProcessor,
        token_budget: TokenBudget,
        clock: DeviceClock,
        threads: Threads,
        *,
        shares_prefixes: bool,
        together: bool,
    ) -> None:
        """`step_size`: most tokens of one prompt in one pass; `together`: a pass may be of
        several prompts."""
        self._model = model
        self._step_size = step_size
        self._scheduler = scheduler
        self._prefix_cache = sharing
        self._output_processor = output_processor
        self._token_budget = token_budget
        self._clock = clock
        self._threads = threads
        self._shares_prefixes = shares_prefixes
        self._most_prompts = None if together else 1
        self._pass: PrefillPass | None = None

    @property
    def in_flight(self) -> bool:
        return self._pass is not None

    def launch(self, running: int) -> None:
        """Starts a pass where a prompt waits; `running`: rows that decode meanwhile."""
        budget = self._token_budget.prefill_budget(running, self._scheduler.count(Phase.PREFILLING))
        plan = self._scheduler.plan_prefill(budget, self._step_size)[: self._most_prompts]
        if plan:
            rows = [self._output_processor.rows[chunk.ticket.stream_id] for chunk in plan]
            lengths = [chunk.tokens for chunk in plan]
            self._clock.start(time.perf_counter())
            self._pass = start_prefill(
                self._model, rows, lengths, self._threads, shares_prefixes=self._shares_prefixes
            )

    def settle(self, release: Callable[[Sequence[Row]], None]) -> Sequence[Arrivals]:
        """Waits for the pass; returns the rows whose prompts it completed.

        `release` is given rows that waited for what it read.
        """
        done, self._pass = self._pass, None
        if done is None:
            return ()
        done.wait()
        tokens = sum(done.lengths)
        self._token_budget.observe_prefill(tokens, self._clock.done(time.perf_counter()))
        self._output_processor.counters.prefilled_tokens += tokens
        for index, (row, length) in enumerate(zip(done.rows, done.lengths, strict=True)):
            if not row.ended:
                self._scheduler.read([Chunk(row.ticket, length)])
                self._output_processor.report_progress(row)
                if self._prefix_cache.wants_kv(row):
                    release(self._prefix_cache.on_prefilled(row, done.caches_of(index)))
        if all(row.ticket.unread for row in done.rows):
            return ()
        for row in done.rows:
            row.caches = None
        return [done.arrivals()]

    def drop(self) -> None:
        self._pass = None
