"""The passes in which texts are read, one at a time."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import mlx.core as mx

from ...errors import failure_of
from ...requests import Failure
from ..arrays import start, wait
from ..kv_cache import layer_caches
from ..kv_cache.layer_caches import Caches
from ..refusal import non_finite_logits
from .job import Job
from .pooled_text import Kind, PooledText

_log = logging.getLogger(__name__)

_MOST_ROWS = 256

_Packed = tuple[Job, PooledText, int]
"""The next tokens of a text, and whose it is."""


@dataclass(frozen=True, slots=True)
class _Pass:
    kind: Kind
    jobs: Sequence[Job]
    """Of each text."""
    texts: Sequence[PooledText]
    lengths: Sequence[int]
    caches: Caches
    outputs: Sequence[mx.array]
    goes_on: bool
    """The caches are needed behind the pass."""

    @property
    def tokens(self) -> int:
        return sum(self.lengths)


class Passes:
    """Jobs take turns; texts of other jobs of the same kind fill up a pass."""

    def __init__(self, *, batches: bool) -> None:
        """`batches`: the model's caches can be batched; else texts are read one at a time."""
        self._most_rows = _MOST_ROWS if batches else 1
        self._jobs: deque[Job] = deque()
        self._flight: _Pass | None = None

    def __len__(self) -> int:
        return len(self._jobs)

    def __contains__(self, stream_id: str) -> bool:
        return any(job.stream_id == stream_id for job in self._jobs)

    @property
    def in_flight(self) -> bool:
        return self._flight is not None

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
        self._flight = None
        for job in list(self._jobs):
            self._fail(job, failure)

    def launch(self, budget: int) -> bool:
        """Starts a pass over at most `budget` tokens, padding included."""
        if not self._jobs:
            return False
        chosen = self._choose(min(budget, self._jobs[0].kind.most_tokens))
        self._jobs.rotate(-1)
        try:
            self._flight = _start_pass(chosen)
        # Whatever a model's code raises ends what it was called for.
        except Exception as error:
            self._fail_pass([job for job, _, _ in chosen], error)
        return self._flight is not None

    def settle(self) -> _Pass | None:
        """Waits for the pass in flight and keeps what it computed; returns it."""
        done, self._flight = self._flight, None
        if done is None:
            return None
        try:
            wait(list(done.outputs), layer_caches.state(done.caches) if done.goes_on else [])
            done.kind.finish(done.texts, done.lengths, done.outputs)
        except Exception as error:
            self._fail_pass(done.jobs, error)
            return None
        for job, text, length in zip(done.jobs, done.texts, done.lengths, strict=True):
            text.read += length
            if job not in self._jobs:
                continue
            if text.broken:
                self._fail(job, non_finite_logits())
            elif text.unread == 0:
                job.complete(text)
                self._end_if_done(job)
        return done

    def _choose(self, limit: int) -> list[_Packed]:
        """A text of a long text, or whole texts of similar length."""
        job = self._jobs[0]
        head = job.readable()[0]
        if head is job.shared_prompt or head.read > 0 or head.unread > limit:
            return [(job, head, min(limit, head.unread))]
        others = [
            (other, text)
            for other in self._jobs
            if other.kind is job.kind
            for text in other.readable()
            if text is not head and text.read == 0
        ]
        others.sort(key=lambda pair: abs(pair[1].unread - head.unread))
        chosen = [(job, head, head.unread)]
        longest = head.unread
        for other, text in others:
            padded = max(longest, text.unread)
            if padded * (len(chosen) + 1) > limit or len(chosen) == self._most_rows:
                break
            chosen.append((other, text, text.unread))
            longest = padded
        return chosen

    def _end_if_done(self, job: Job) -> None:
        if job.pending:
            return
        self._jobs.remove(job)
        job.listener.done(job.result())

    def _fail(self, job: Job, failure: Failure) -> None:
        self._jobs.remove(job)
        job.listener.failed(failure)

    def _fail_pass(self, jobs: Sequence[Job], error: Exception) -> None:
        _log.error("reading texts failed", exc_info=error)
        for job in set(jobs).intersection(self._jobs):
            self._fail(job, failure_of(error))


def _start_pass(chosen: Sequence[_Packed]) -> _Pass:
    jobs, texts, lengths = zip(*chosen, strict=True)
    kind: Kind = jobs[0].kind
    own = [kind.fresh_caches() if text.caches is None else text.caches for text in texts]
    batched = len(texts) > 1
    caches = layer_caches.merge(own) if batched else own[0]
    outputs = kind.start(caches, texts, lengths)
    head: PooledText = texts[0]
    goes_on = not batched and (lengths[0] < head.unread or head is jobs[0].shared_prompt)
    if goes_on:
        head.caches = caches
    start(outputs, layer_caches.state(caches) if goes_on else [])
    return _Pass(kind, jobs, texts, lengths, caches, outputs, goes_on)
