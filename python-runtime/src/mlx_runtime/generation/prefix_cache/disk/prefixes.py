"""The disk as the generation thread sees it: lookups that are answered later, and writes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path

from ...cache_key import CacheKey
from ...kv_cache.layer_caches import Caches
from ..stats import DiskStats
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
        self._writes = PendingWrites(directory, self._index, self._reader)
        self._late: Lookup | None = None
        self._reader.post(self._index.refresh)

    @property
    def has_work(self) -> bool:
        return self._writes.waiting

    def look_up(self, key: CacheKey, tokens: Sequence[int], minimum: int) -> Lookup | None:
        """Looks for a prefix of at least `minimum` tokens; None: the disk is stuck."""
        if self._late is not None and not self._late.answer.done():
            return None
        self._late = None
        name = key.digest()
        answer = self._reader.post(lambda: self._index.find(name, tokens, minimum))
        return Lookup(answer, time.monotonic())

    def take(self, lookup: Lookup) -> Loaded | None:
        """The answer to a settled lookup; None: nothing that is of use."""
        if not lookup.answer.done():
            self._late = lookup
            return None
        if lookup.answer.exception() is not None:
            return None
        found = lookup.answer.result()
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

    def write(
        self, key: CacheKey, tokens: Sequence[int], caches: Caches, *, trimmable: bool
    ) -> None:
        """Has a prefix written; its caches must not change any more."""
        self._writes.add(key.digest(), tokens, caches, trimmable=trimmable)

    def write_some(self) -> None:
        """A small part of what is to be written; to be called between steps."""
        self._writes.copy_some()

    def discard(self, key: CacheKey, tokens: Sequence[int]) -> None:
        """Removes every prefix on the path of `tokens`: what it holds is in doubt."""
        self._writes.discard(key.digest(), tokens)

    def stats(self) -> DiskStats:
        index, offers = self._index, self._writes
        return DiskStats(
            entries=len(index),
            bytes=index.nbytes,
            hits=index.hits,
            misses=index.misses,
            written=offers.written,
            failed=offers.failed + index.damaged,
        )

    def close(self) -> None:
        """Writes what is to be written and notes it, unless that takes long."""
        limit = time.monotonic() + _SECONDS_TO_CLOSE
        self._writes.close(_SECONDS_TO_CLOSE)
        noted = self._reader.post(lambda: None)
        wait([noted], max(0.0, limit - time.monotonic()))
        self._reader.stop()


def wait_for(lookups: Sequence[Lookup], seconds: float) -> None:
    """Until one of them is answered, or so long."""
    wait([lookup.answer for lookup in lookups], seconds, return_when="FIRST_COMPLETED")
