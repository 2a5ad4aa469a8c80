"""The disk as the generation thread sees it: questions that are answered later, and offers."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path

from ...kv_cache.layer_caches import Caches
from .directory import PrefixDirectory
from .index import DiskIndex, Found
from .layers import Unstorable, restore
from .pending_writes import PendingWrites
from .worker import Worker

_log = logging.getLogger(__name__)

_LONGEST_ANSWER = 2.0
"""Seconds; then the row reads its prompt itself, and a disk that slow is not asked again
before it has answered."""
_SECONDS_TO_CLOSE = 2.0


@dataclass(frozen=True, slots=True)
class DiskStats:
    entries: int = 0
    bytes: int = 0
    hits: int = 0
    misses: int = 0
    written: int = 0
    failed: int = 0
    """Writes that failed, and files that were damaged."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The longest prefix on disk, as fresh caches."""

    tokens: Sequence[int]
    caches: Caches
    trimmable: bool
    length: int
    """How many of the asked-for tokens it covers; it holds all of `tokens`."""


@dataclass(slots=True, eq=False)
class Lookup:
    answer: Future[Found | None]
    asked: float

    @property
    def settled(self) -> bool:
        return self.answer.done() or time.monotonic() > self.asked + _LONGEST_ANSWER


class DiskPrefixes:
    """Reading and writing happen on threads of its own; MLX stays on the caller's."""

    def __init__(
        self, path: Path, max_bytes: int, model: str, empty_caches: Callable[[], Caches]
    ) -> None:
        """`model`: tells this model, its weights and its caches from all others."""
        directory = PrefixDirectory(path, max_bytes)
        self._empty_caches = empty_caches
        self._index = DiskIndex(directory, model)
        self._reader = Worker("prefix-reader")
        self._offers = PendingWrites(directory, self._index, self._reader)
        self._late: Lookup | None = None
        self._reader.post(self._index.refresh)

    @property
    def has_work(self) -> bool:
        return self._offers.waiting

    def ask(self, tenant: str, tokens: Sequence[int], minimum: int) -> Lookup | None:
        """Looks for a prefix of at least `minimum` tokens; None: the disk is stuck."""
        if self._late is not None and not self._late.answer.done():
            return None
        self._late = None
        name = _digest(tenant)
        answer = self._reader.post(lambda: self._index.find(name, tokens, minimum))
        return Lookup(answer, time.monotonic())

    def take(self, question: Lookup) -> Loaded | None:
        """The answer to a settled question; None: nothing that is of use."""
        if not question.answer.done():
            self._late = question
            return None
        if question.answer.exception() is not None:
            return None
        found = question.answer.result()
        if found is None:
            return None
        caches = self._empty_caches()
        try:
            restore(caches, found.head.outline, found.payload)
        except (Unstorable, KeyError, TypeError, ValueError) as error:
            _log.warning("a kept prefix does not fit the model: %s", error)
            return None
        head = found.head
        return Loaded(head.tokens.tolist(), caches, head.trimmable, found.length)

    def offer(self, tenant: str, tokens: Sequence[int], caches: Caches, *, trimmable: bool) -> None:
        """Has a prefix written; its caches must not change any more."""
        self._offers.add(_digest(tenant), tokens, caches, trimmable=trimmable)

    def write_some(self) -> None:
        """A small part of what was offered; to be called between steps."""
        self._offers.copy_some()

    def discard(self, tenant: str, tokens: Sequence[int]) -> None:
        """Removes every prefix on the path of `tokens`: what it holds is in doubt."""
        self._offers.discard(_digest(tenant), tokens)

    def stats(self) -> DiskStats:
        index, offers = self._index, self._offers
        return DiskStats(
            entries=len(index),
            bytes=index.nbytes,
            hits=index.hits,
            misses=index.misses,
            written=offers.written,
            failed=offers.failed + index.damaged,
        )

    def close(self) -> None:
        """Writes what was offered and notes it, unless that takes long."""
        limit = time.monotonic() + _SECONDS_TO_CLOSE
        self._offers.close(_SECONDS_TO_CLOSE)
        noted = self._reader.post(lambda: None)
        wait([noted], max(0.0, limit - time.monotonic()))
        self._reader.stop()


def wait_for(questions: Sequence[Lookup], seconds: float) -> None:
    """Until one of them is answered, or so long."""
    wait([question.answer for question in questions], seconds, return_when="FIRST_COMPLETED")


def _digest(tenant: str) -> str:
    return hashlib.blake2b(tenant.encode(), digest_size=16).hexdigest()
