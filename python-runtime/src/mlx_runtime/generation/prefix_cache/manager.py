"""A prefix is computed once, also by sequences that arrive together."""

from __future__ import annotations

from collections import abc
from collections.abc import Callable, Collection

import numpy as np

from ..kv_cache import layer_caches
from ..kv_cache.layer_caches import Caches
from ..kv_cache.token_blocks import RowKV
from ..scheduling.scheduler import Scheduler
from ..sequence import Sequence
from ..tokens import WORTH_SHARING
from .block_names import kept_names
from .disk import DiskPrefixes
from .followers import Followers
from .kept_prefixes import WORTH_KEEPING_EARLY, Assemble, KeptPrefixes
from .pending_lookups import PendingLookups
from .stats import DiskStats, PrefixCacheStats


class PrefixCacheManager:
    """Gives sequences prefixes that were computed before, or that another sequence computes now.

    A sequence that shares more with a sequence that is prefilled now than the prefix cache
    holds follows that sequence: it waits until the common part is there, takes a
    copy, and goes on alone.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        kv_caches: abc.Mapping[Sequence, Caches],
        give: Callable[[Sequence, Caches], None],
        assemble: Assemble,
        capacity_bytes: int,
        *,
        checkpoints_behind: Collection[int] | None,
        disk: DiskPrefixes | None = None,
    ) -> None:
        """`kv_caches`: of sequences outside the decode batch, one of which `give` has begin with
        caches of its own. `checkpoints_behind`: tokens that end a turn, for models whose caches
        cannot always be cut back to a prefix; None: they can.

        `disk`: where prefixes are kept beyond memory and this process's life.
        """
        self._scheduler = scheduler
        self._give = give
        self._disk = disk
        self._lookups = PendingLookups(disk)
        self._turn_ends = None if checkpoints_behind is None else list(checkpoints_behind)
        self._capacity = capacity_bytes
        self._kept = KeptPrefixes(capacity_bytes, assemble, disk)
        self._beside: KeptPrefixes | None = None
        self._past_evictions = 0
        """Of caches beside that are closed."""
        self.cache = self._kept.tree
        self._followers = Followers(kv_caches)
        self.reused_tokens = 0

    @property
    def nbytes(self) -> int:
        """Of all that is kept in memory."""
        return sum(kept.tree.nbytes for kept in self._all)

    def shrink(self, nbytes: int) -> None:
        """Drops what was used least recently until at most `nbytes` are kept, or all is in use."""
        for kept in self._all:
            others = self.nbytes - kept.tree.nbytes
            kept.tree.shrink(max(0, nbytes - others))

    def clear(self) -> None:
        """Drops everything, in use or not."""
        for kept in self._all:
            kept.tree.clear()

    def open_beside(self, assemble: Assemble, share: float) -> KeptPrefixes:
        """For what a second model computes of the same texts: `share` of the capacity is its."""
        capacity = int(self._capacity * share)
        self._beside = KeptPrefixes(capacity, assemble, None)
        self.cache.capacity = self._capacity - capacity
        self.cache.shrink(self.cache.capacity)
        return self._beside

    def close_beside(self) -> None:
        """Drops what the second model computed."""
        if self._beside is not None:
            self._past_evictions += self._beside.tree.evictions
        self._beside = None
        self.cache.capacity = self._capacity

    def match(self, sequence: Sequence) -> None:
        """Starts a sequence from the longest prefix there is, or lets it follow another one."""
        self._reuse(sequence)
        if self._lookups.look_up(sequence, self._held(sequence)):
            sequence.blocked = True
        else:
            self._begin(sequence)

    def poll_lookups(self) -> list[Sequence]:
        """Goes on with sequences that waited for the disk; returns those that are prefilled."""
        sequences: list[Sequence] = []
        for sequence, loaded in self._lookups.settled():
            sequence.blocked = False
            if loaded is not None and loaded.length > sequence.num_computed_tokens:
                self._kept.add(sequence, loaded)
            self._reuse_what_came(sequence)
            self._begin(sequence)
            sequences += [sequence, *self._match_again(self._lookups.leave(sequence))]
        return [sequence for sequence in sequences if sequence.num_unprefilled_tokens == 0]

    def wait_for_disk(self) -> None:
        """Returns at once when no sequence waits for the disk, and soon when one does."""
        self._lookups.wait()

    def write_some(self) -> None:
        """Moves a little of what is to be kept on disk towards it."""
        if self._disk is not None:
            self._disk.write_some()

    @property
    def has_writes(self) -> bool:
        return self._disk is not None and self._disk.has_work

    def stats(self) -> PrefixCacheStats:
        cache = self.cache
        return PrefixCacheStats(
            entries=cache.leaves,
            bytes=self.nbytes,
            shared_bytes=sum(kept.tree.shared_nbytes for kept in self._all),
            hits=cache.hits,
            misses=cache.misses,
            hit_tokens=self.reused_tokens,
            evictions=self._past_evictions + sum(kept.tree.evictions for kept in self._all),
            disk=DiskStats() if self._disk is None else self._disk.stats(),
        )

    def kept_names(self) -> bytes:
        """What callers call the texts that are kept; see `block_names`."""
        return kept_names(self.cache.nodes())

    def on_prefilled(self, sequence: Sequence, kv: RowKV) -> list[Sequence]:
        """Shares what a sequence has computed so far; returns the sequences that it released.

        `kv` holds exactly that; it is copied, not kept.
        """
        complete = sequence.num_unprefilled_tokens == 0
        if complete:
            self._followers.end(sequence)
        at_checkpoint = sequence.at_checkpoint and self._turn_ends is not None
        if self._is_worth_keeping(sequence) and (complete or at_checkpoint):
            # Its whole context is kept when it ends; until then, most of it has to do.
            spare = 0 if self._turn_ends is not None else WORTH_KEEPING_EARLY - 1
            self._keep(sequence, sequence.num_computed_tokens, kv, spare=spare)
        return self._release(sequence, kv)

    def leave(self, sequence: Sequence) -> list[Sequence]:
        """Forgets a sequence that ended; returns the sequences that followed it, free to go on."""
        self._kept.release(sequence)
        if sequence.broken:
            self._kept.discard(sequence)
        again = self._match_again(self._lookups.leave(sequence))
        followers = self._followers.leave(sequence)
        self._unblock(followers)
        return [*followers, *again]

    def insert(self, sequence: Sequence, kv: RowKV | None) -> None:
        """Keeps what an ended sequence has computed, for the next turn of a conversation.

        What is known of it already is not copied.
        """
        if kv is None or sequence.broken or not self._is_worth_keeping(sequence):
            return
        known = sequence.num_tokens
        if sequence.num_kv_tokens > known and self._turn_ends is not None:
            if not layer_caches.can_trim(kv.plain()):
                return
            kv = kv.cut_back(sequence.num_kv_tokens - known)
        self._keep(sequence, min(sequence.num_kv_tokens, known), kv, spare=WORTH_SHARING - 1)

    @property
    def _all(self) -> abc.Sequence[KeptPrefixes]:
        return [self._kept] if self._beside is None else [self._kept, self._beside]

    def _reuse(self, sequence: Sequence) -> None:
        if not self.cache.enabled or sequence.num_prefill_tokens < WORTH_SHARING:
            return
        minimum = sequence.num_computed_tokens + WORTH_SHARING
        found = self._kept.find(sequence, sequence.prefill_array(), minimum)
        if found is not None:
            self._start_from(sequence, *found)

    def _reuse_what_came(self, sequence: Sequence) -> None:
        """As `_reuse`, for a sequence that looked before and has waited since."""
        least = sequence.num_computed_tokens + WORTH_SHARING
        if self.cache.coverage(sequence.cache_key, sequence.prefill_array()).usable >= least:
            self._reuse(sequence)

    def _held(self, sequence: Sequence) -> int:
        """Tokens of a sequence's prompt whose blocks are in memory."""
        if self._disk is None:
            return 0
        return self.cache.coverage(sequence.cache_key, sequence.prefill_array()).known

    def _begin(self, sequence: Sequence) -> None:
        if not self._followers.begin(sequence):
            self._mark_checkpoints(sequence)

    def _match_again(self, sequences: abc.Sequence[Sequence]) -> abc.Sequence[Sequence]:
        for sequence in sequences:
            sequence.blocked = False
            self.match(sequence)
        return sequences

    def _start_from(self, sequence: Sequence, caches: Caches, length: int) -> None:
        gained = length - sequence.num_computed_tokens
        self._give(sequence, caches)
        sequence.num_cached_tokens += gained
        self.reused_tokens += gained
        self._scheduler.skip(sequence, gained)

    def _mark_checkpoints(self, sequence: Sequence) -> None:
        """Where caches cannot be cut back, has a prompt stop where others may go on.

        That is where it parts from kept ones, behind the first turn (a system prompt), and
        before the last one, whose answer may be told otherwise in the next prompt.
        """
        if not self.cache.enabled or self._turn_ends is None:
            return
        prompt = sequence.prefill_array()
        borders = np.flatnonzero(np.isin(prompt, self._turn_ends)) + 1
        places = {int(borders[0]), int(borders[-1])} if len(borders) else set[int]()
        places.add(self.cache.coverage(sequence.cache_key, prompt).known)
        least = sequence.num_computed_tokens + WORTH_SHARING
        sequence.checkpoints |= {place for place in places if place >= least}

    def _release(self, sequence: Sequence, kv: RowKV) -> list[Sequence]:
        ready = self._followers.take_ready(sequence)
        if not ready:
            return []
        for follower, shared in ready:
            surplus = sequence.num_computed_tokens - shared
            if surplus == 0 or layer_caches.can_trim(kv.plain()):
                self._start_from(follower, kv.copy(surplus), shared)
        released = [follower for follower, _ in ready]
        self._unblock(released)
        return released

    def _unblock(self, sequences: abc.Sequence[Sequence]) -> None:
        for sequence in sequences:
            sequence.blocked = False
            self._followers.end(sequence)
        for sequence in sequences:
            self._reuse_what_came(sequence)
            self._begin(sequence)

    def _is_worth_keeping(self, sequence: Sequence) -> bool:
        return self.cache.enabled and sequence.num_prefill_tokens >= WORTH_SHARING

    def _keep(self, sequence: Sequence, length: int, kv: RowKV, *, spare: int) -> None:
        tokens = np.asarray(sequence.key_tokens()[:length], dtype=np.int32)
        self._kept.keep(sequence, tokens, kv, spare=spare)
