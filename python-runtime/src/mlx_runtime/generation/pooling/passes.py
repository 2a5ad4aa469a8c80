"""Which texts share the next pooling pass, and what becomes of those that were in one."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence

from ...errors import Failure, failure_of
from ..refusal import non_finite_logits
from .job import Job, PoolingPlan
from .pooled_text import Kind, Outputs, PooledText

_log = logging.getLogger(__name__)

_MOST_ROWS = 256

_Packed = tuple[Job, PooledText, int]
"""The next tokens of a text, and whose it is."""


class Passes:
    """Jobs take turns; texts of other jobs of the same kind fill up a pass."""

    def __init__(self, *, batches: bool) -> None:
        """`batches`: the model's caches can be batched; else texts are read one at a time."""
        self._most_rows = _MOST_ROWS if batches else 1
        self._jobs: deque[Job] = deque()

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def next_kind(self) -> Kind | None:
        """What the next pass computes."""
        return self._jobs[0].kind if self._jobs else None

    def add(self, job: Job) -> None:
        self._jobs.append(job)
        self._end_if_done(job)

    def cancel(self, stream_id: str, failure: Failure) -> None:
        """Takes a job back; unknown ones are ignored."""
        for job in [job for job in self._jobs if job.stream_id == stream_id]:
            self._fail(job, failure)

    def fail_all(self, failure: Failure) -> None:
        for job in list(self._jobs):
            self._fail(job, failure)

    def plan(self, budget: int) -> PoolingPlan | None:
        """The next pass, over at most `budget` tokens, padding included."""
        if not self._jobs:
            return None
        jobs, texts, lengths = zip(
            *self._pack(min(budget, self._jobs[0].kind.most_tokens)), strict=True
        )
        self._jobs.rotate(-1)
        first: PooledText = texts[0]
        goes_on = lengths[0] < first.num_remaining_tokens or first is jobs[0].shared_prompt
        return PoolingPlan(jobs, texts, lengths, keeps_caches=len(texts) == 1 and goes_on)

    def settle(self, plan: PoolingPlan, wait: Callable[[], Outputs]) -> bool:
        """Waits for a pass and keeps what it computed; False when it failed."""
        try:
            plan.kind.finish(plan.texts, plan.lengths, wait())
        # Whatever a model's code raises ends what it was called for.
        except Exception as error:
            self._fail_pass(plan.jobs, error)
            return False
        for job, text, length in zip(plan.jobs, plan.texts, plan.lengths, strict=True):
            text.num_computed_tokens += length
            if job not in self._jobs:
                continue
            if text.broken:
                self._fail(job, non_finite_logits())
            elif text.num_remaining_tokens == 0:
                job.complete(text)
                self._end_if_done(job)
        return True

    def _pack(self, limit: int) -> list[_Packed]:
        """A part of a long text, or whole texts of similar length."""
        job = self._jobs[0]
        head = job.ready()[0]
        remaining = head.num_remaining_tokens
        if not job.kind.splits:
            limit = max(limit, remaining)
        if head is job.shared_prompt or head.num_computed_tokens > 0 or remaining > limit:
            return [(job, head, min(limit, remaining))]
        others = [
            (other, text)
            for other in self._jobs
            if other.kind is job.kind
            for text in other.ready()
            if text is not head and text.num_computed_tokens == 0
        ]
        others.sort(key=lambda pair: abs(pair[1].num_remaining_tokens - remaining))
        packed = [(job, head, remaining)]
        longest = remaining
        for other, text in others:
            padded = max(longest, text.num_remaining_tokens)
            if padded * (len(packed) + 1) > limit or len(packed) == self._most_rows:
                break
            packed.append((other, text, text.num_remaining_tokens))
            longest = padded
        return packed

    def _end_if_done(self, job: Job) -> None:
        if job.pending:
            return
        self._jobs.remove(job)
        job.listener.done(job.result())

    def _fail(self, job: Job, failure: Failure) -> None:
        self._jobs.remove(job)
        job.listener.failed(failure)

    def _fail_pass(self, jobs: Sequence[Job], error: Exception) -> None:
        _log.error("a pooling pass failed", exc_info=error)
        for job in set(jobs).intersection(self._jobs):
            self._fail(job, failure_of(error))
