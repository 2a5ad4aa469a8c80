"""Blocks on their way to the disk: copied to the host bit by bit, then written."""

from __future__ import annotations

import logging
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field

import mlx.core as mx

from ..radix_node import Tokens
from .directory import PrefixDirectory
from .file_format import encode_head, make_head
from .index import DiskIndex
from .layers import to_bytes
from .worker import Worker

_log = logging.getLogger(__name__)

_BYTES_AT_ONCE = 16 * 2**20
"""Copied between two steps; running sequences hardly notice."""
_MOST_WAITING = 512
"""Blocks that keep their memory although they may have been evicted."""
_SECONDS_AFTER_FAILURE = 30.0


@dataclass(slots=True, eq=False)
class _PendingWrite:
    tenant: str
    tokens: Tokens
    begin: int
    outline: object
    arrays: deque[mx.array]
    on_disk: Future[bool] | None = None
    payload: list[bytes] = field(default_factory=list[bytes])

    def is_on_path(self, tenant: str, tokens: Tokens) -> bool:
        shorter = min(len(self.tokens), len(tokens))
        same = self.tokens[:shorter] == tokens[:shorter]
        return self.tenant == tenant and bool(same.all())


class PendingWrites:
    """Every method but `_write` runs on the generation thread."""

    def __init__(self, directory: PrefixDirectory, index: DiskIndex, reader: Worker) -> None:
        """`reader`: the only thread that uses the index."""
        self._directory = directory
        self._index = index
        self._reader = reader
        self._writer = Worker("prefix-writer")
        self._waiting: deque[_PendingWrite] = deque()
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

    def add(
        self, tenant: str, tokens: Tokens, begin: int, outline: object, arrays: list[mx.array]
    ) -> None:
        """A block of the tokens, (tokens,), from `begin` on.

        What comes when too many wait is not written, nor are those behind it of use until it is.
        """
        if time.monotonic() >= self._paused_until and len(self._waiting) < _MOST_WAITING:
            self._waiting.append(_PendingWrite(tenant, tokens, begin, outline, deque(arrays)))

    def discard(self, tenant: str, tokens: Tokens) -> None:
        """Also what is being written: it is removed once it is there."""
        self._waiting = deque(
            write for write in self._waiting if not write.is_on_path(tenant, tokens)
        )

        def forget() -> None:
            self._index.discard(tenant, tokens)

        self._writer.post(lambda: self._reader.post(forget))

    def copy_some(self) -> None:
        """Brings a few arrays of one block to the host."""
        if not self.waiting:
            return
        write = self._waiting[0]
        if write.on_disk is None:
            write.on_disk = self._reader.post(
                lambda: self._index.has(write.tenant, write.tokens, write.begin)
            )
        elif write.on_disk.exception() is None and not write.on_disk.result():
            self._copy(write)
        else:
            self._waiting.popleft()

    def _copy(self, write: _PendingWrite) -> None:
        copied = 0
        while write.arrays and copied < _BYTES_AT_ONCE:
            write.payload.append(to_bytes(write.arrays.popleft()))
            copied += len(write.payload[-1])
        if not write.arrays:
            self._waiting.popleft()
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
            begin=write.begin,
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
