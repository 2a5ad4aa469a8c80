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
from .part import Kind, Part

_log = logging.getLogger(__name__)

_MOST_ROWS = 256

_Choice = tuple[Job, Part, int]
"""The next tokens of a part, and whose it is."""


@dataclass(frozen=True, slots=True)
class _Pass:
    kind: Kind
    jobs: Sequence[Job]
    """Of each part."""
    parts: Sequence[Part]
    lengths: Sequence[int]
    caches: Caches
    outputs: Sequence[mx.array]
    goes_on: bool
    """The caches are needed behind the pass."""

    @property
    def tokens(self) -> int:
        return sum(self.lengths)


class Passes:
    """Jobs take turns; parts of other jobs of the same kind fill up a pass."""

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
            done.kind.finish(done.parts, done.lengths, done.outputs)
        except Exception as error:
            self._fail_pass(done.jobs, error)
            return None
        for job, part, length in zip(done.jobs, done.parts, done.lengths, strict=True):
            part.read += length
            if job not in self._jobs:
                continue
            if part.broken:
                self._fail(job, non_finite_logits())
            elif part.unread == 0:
                job.complete(part)
                self._end_if_done(job)
        return done

    def _choose(self, limit: int) -> list[_Choice]:
        """A part of a long text, or whole texts of similar length."""
        job = self._jobs[0]
        head = job.readable()[0]
        if head is job.lead or head.read > 0 or head.unread > limit:
            return [(job, head, min(limit, head.unread))]
        others = [
            (other, part)
            for other in self._jobs
            if other.kind is job.kind
            for part in other.readable()
            if part is not head and part.read == 0
        ]
        others.sort(key=lambda pair: abs(pair[1].unread - head.unread))
        chosen = [(job, head, head.unread)]
        longest = head.unread
        for other, part in others:
            padded = max(longest, part.unread)
            if padded * (len(chosen) + 1) > limit or len(chosen) == self._most_rows:
                break
            chosen.append((other, part, part.unread))
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


def _start_pass(chosen: Sequence[_Choice]) -> _Pass:
    jobs, parts, lengths = zip(*chosen, strict=True)
    kind: Kind = jobs[0].kind
    own = [kind.fresh_caches() if part.caches is None else part.caches for part in parts]
    batched = len(parts) > 1
    caches = layer_caches.merge(own) if batched else own[0]
    outputs = kind.start(caches, parts, lengths)
    head: Part = parts[0]
    goes_on = not batched and (lengths[0] < head.unread or head is jobs[0].lead)
    if goes_on:
        head.caches = caches
    start(outputs, layer_caches.state(caches) if goes_on else [])
    return _Pass(kind, jobs, parts, lengths, caches, outputs, goes_on)
