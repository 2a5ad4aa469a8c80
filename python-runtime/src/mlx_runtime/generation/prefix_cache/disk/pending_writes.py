"""Prefixes on their way to the disk: copied to the host bit by bit, then written."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import mlx.core as mx

from ...kv_cache.layer_caches import Caches
from ...tokens import common_prefix
from .directory import PrefixDirectory
from .file_format import encode_head, make_head
from .index import DiskIndex
from .layers import Unstorable, describe, to_bytes
from .worker import Worker

_log = logging.getLogger(__name__)

_BYTES_AT_ONCE = 16 * 2**20
"""Copied between two steps; running rows hardly notice."""
_MOST_WAITING = 8
_GROWTH = 1.25
"""What is on disk already is written again once it has grown by this much."""
_SECONDS_AFTER_FAILURE = 30.0


@dataclass(slots=True, eq=False)
class _PendingWrite:
    tenant: str
    tokens: Sequence[int]
    trimmable: bool
    outline: object
    arrays: deque[mx.array]
    on_disk: Future[int] | None = None
    """How many of the tokens are there already."""
    payload: list[bytes] = field(default_factory=list[bytes])

    def replaces(self, other: _PendingWrite) -> bool:
        """True when this one can be cut back to the other."""
        if self.tenant != other.tenant or len(self.tokens) < len(other.tokens):
            return False
        same = len(self.tokens) == len(other.tokens)
        return (same or self.trimmable) and other.is_on_path(self.tokens)

    def is_on_path(self, tokens: Sequence[int]) -> bool:
        shorter = min(len(self.tokens), len(tokens))
        return common_prefix(self.tokens, tokens) == shorter


class PendingWrites:
    """Every method but `_write` runs on the generation thread."""

    def __init__(self, directory: PrefixDirectory, index: DiskIndex, reader: Worker) -> None:
        """`reader`: the only thread that uses the index."""
        self._directory = directory
        self._index = index
        self._reader = reader
        self._writer = Worker("prefix-writer")
        self._waiting: list[_PendingWrite] = []
        self._writing: Future[None] | None = None
        self._paused_until = 0.0
        self.written = 0
        self.failed = 0

    @property
    def waiting(self) -> bool:
        """True while there is something to do here; not while the threads are busy."""
        if not self._waiting or not self._is_idle():
            return False
        on_disk = self._waiting[0].on_disk
        return on_disk is None or on_disk.done()

    def add(self, tenant: str, tokens: Sequence[int], caches: Caches, *, trimmable: bool) -> None:
        if time.monotonic() < self._paused_until:
            return
        try:
            outline, arrays = describe(caches)
        except Unstorable as reason:
            _log.debug("a prefix is not kept on disk: %s", reason)
            return
        write = _PendingWrite(tenant, tokens, trimmable, outline, deque(arrays))
        self._waiting = [other for other in self._waiting if not write.replaces(other)]
        self._waiting = [*self._waiting, write][-_MOST_WAITING:]

    def discard(self, tenant: str, tokens: Sequence[int]) -> None:
        """Also what is being written: it is removed once it is there."""
        self._waiting = [
            write
            for write in self._waiting
            if write.tenant != tenant or not write.is_on_path(tokens)
        ]

        def forget() -> None:
            self._index.discard(tenant, tokens)

        self._writer.post(lambda: self._reader.post(forget))

    def copy_some(self) -> None:
        """Brings a few arrays of one prefix to the host."""
        if not self.waiting:
            return
        write = self._waiting[0]
        if write.on_disk is None:
            write.on_disk = self._reader.post(
                lambda: self._index.covered(write.tenant, write.tokens)
            )
        elif _is_worth_writing(write.on_disk, len(write.tokens)):
            self._copy(write)
        else:
            self._waiting.pop(0)

    def _copy(self, write: _PendingWrite) -> None:
        copied = 0
        while write.arrays and copied < _BYTES_AT_ONCE:
            write.payload.append(to_bytes(write.arrays.popleft()))
            copied += len(write.payload[-1])
        if not write.arrays:
            self._waiting.pop(0)
            self._writing = self._writer.post(lambda: self._write(write))

    def close(self, seconds: float) -> None:
        """Writes what is waiting, for at most so long."""
        limit = time.monotonic() + seconds
        while (self._waiting or not self._is_idle()) and time.monotonic() < limit:
            self.copy_some()
            if not self.waiting:
                time.sleep(0.002)
        self._waiting.clear()
        self._writer.stop()

    def _is_idle(self) -> bool:
        return self._writing is None or self._writing.done()

    def _write(self, write: _PendingWrite) -> None:
        head = make_head(
            tenant=write.tenant,
            tokens=write.tokens,
            trimmable=write.trimmable,
            outline=write.outline,
            payload=write.payload,
        )
        parts = [encode_head(head), *write.payload]
        try:
            if self._directory.write(self._index.file_name(head), parts):
                self.written += 1
                self._reader.post(self._index.refresh)
        except OSError as error:
            self.failed += 1
            self._paused_until = time.monotonic() + _SECONDS_AFTER_FAILURE
            _log.warning("a prefix could not be kept on disk, going on without: %s", error)


def _is_worth_writing(on_disk: Future[int], tokens: int) -> bool:
    return on_disk.exception() is None and tokens > _GROWTH * on_disk.result()
