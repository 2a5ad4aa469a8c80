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
from ...kv_cache.token_blocks import States, TokenBlock
from ..radix_node import Tokens
from ..stats import DiskStats
from .directory import PrefixDirectory
from .index import DiskIndex, Found
from .layers import Unstorable, describe_block, describe_states, restore_block, restore_states
from .pending_writes import PendingWrites
from .worker import Worker

_log = logging.getLogger(__name__)

_LONGEST_ANSWER = 2.0
"""Seconds; then the sequence reads its prompt itself, and a disk that slow is not asked again
before it has answered."""
_SECONDS_TO_CLOSE = 2.0


@dataclass(frozen=True, slots=True)
class Loaded:
    """The longest prefix on disk."""

    length: int
    """How many of the asked-for tokens it covers."""
    blocks: Sequence[TokenBlock]
    """Of its last tokens."""
    states: States | None
    """The caches behind its last token that blocks do not replace."""

    def blocks_from(self, begin: int) -> list[TokenBlock]:
        """Of the tokens from `begin` on; none where they are missing."""
        place = self.length - sum(block.length for block in self.blocks)
        if place > begin:
            return []
        found: list[TokenBlock] = []
        for block in self.blocks:
            end = place + block.length
            if end > begin:
                found.append(block.part(max(begin - place, 0), block.length).compact())
            place = end
        return found


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

    def look_up(self, key: CacheKey, tokens: Tokens, minimum: int, held: int) -> Lookup | None:
        """Looks for a prefix of at least `minimum` tokens; None: the disk is stuck.

        `held`: tokens whose blocks are not asked for.
        """
        if self._late is not None and not self._late.answer.done():
            return None
        self._late = None
        name = key.digest()
        answer = self._reader.post(lambda: self._index.find(name, tokens, minimum, held))
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
        try:
            return self._restored(found)
        except (Unstorable, KeyError, TypeError, ValueError) as error:
            _log.warning("a kept prefix does not fit the model: %s", error)
            return None

    def _restored(self, found: Found) -> Loaded:
        blocks = [
            restore_block(
                block.head.outline, block.payload, len(block.head.tokens) - block.head.begin
            ).part(block.begin, block.begin + block.length)
            for block in found.blocks
        ]
        states = None
        if found.states is not None:
            outline = found.states.head.outline
            states = restore_states(self._empty_caches(), outline, found.states.payload)
        return Loaded(found.length, blocks, states)

    def write(self, key: CacheKey, tokens: Tokens, block: TokenBlock) -> None:
        """Has the block of a prefix's last tokens written."""
        outline, arrays = describe_block(block)
        self._writes.add(key.digest(), tokens, len(tokens) - block.length, outline, arrays)

    def write_states(self, key: CacheKey, tokens: Tokens, states: States) -> None:
        """Has the caches behind a prefix's last token written."""
        try:
            outline, arrays = describe_states(states)
        except Unstorable as reason:
            _log.debug("a prefix is not kept on disk: %s", reason)
            return
        self._writes.add(key.digest(), tokens, len(tokens), outline, arrays)

    def write_some(self) -> None:
        """A small part of what is to be written; to be called between steps."""
        self._writes.copy_some()

    def discard(self, key: CacheKey, tokens: Tokens) -> None:
        """Removes every block on the path of `tokens`: what it holds is in doubt."""
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
