"""A prefix is computed once, also by sequences that arrive together."""

from __future__ import annotations

from collections import abc, deque
from collections.abc import Collection

from ..arrays import start
from ..cache_key import CacheKey
from ..kv_cache import layer_caches
from ..kv_cache.layer_caches import Caches
from ..scheduling.scheduler import Scheduler
from ..sequence import Sequence
from ..tokens import common_prefix
from .disk import DiskPrefixes
from .pending_lookups import WORTH_THE_DISK, PendingLookups
from .prefix_index import PrefixIndex
from .stats import DiskStats, PrefixCacheStats

_WORTH_SHARING = 16
"""Fewer common tokens than this are cheaper to compute again than to wait for."""
_WORTH_COPYING = 64
"""A prompt that is known but for fewer tokens than this is not copied to be kept."""
_REMEMBERED_PROMPTS = 64


class PrefixCacheManager:
    """Gives sequences prefixes that were computed before, or that another sequence computes now.

    A sequence that shares more with a sequence that is prefilled now than the prefix cache
    holds follows that sequence: it waits until the common part is there, takes a
    copy, and goes on alone.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        kv_caches: dict[Sequence, Caches],
        capacity_bytes: int,
        *,
        needs_checkpoints: bool,
        disk: DiskPrefixes | None = None,
    ) -> None:
        """`kv_caches`: of sequences outside the decode batch.

        `needs_checkpoints`: the model's caches cannot always be cut back to a prefix.

        `disk`: where prefixes are kept beyond memory and this process's life.
        """
        self._scheduler = scheduler
        self._kv_caches = kv_caches
        self._disk = disk
        self._lookups = PendingLookups(disk)
        self._needs_checkpoints = needs_checkpoints
        self.cache: PrefixIndex[Caches] = PrefixIndex(capacity_bytes)
        self._prefilling: list[Sequence] = []
        self._followers: dict[Sequence, list[tuple[Sequence, int]]] = {}
        self.reused_tokens = 0
        self._recent: deque[tuple[CacheKey, list[int]]] = deque(maxlen=_REMEMBERED_PROMPTS)

    def match(self, sequence: Sequence) -> None:
        """Starts a sequence from the longest prefix there is, or lets it follow another one."""
        self._reuse(sequence)
        if self._lookups.look_up(sequence):
            sequence.blocked = True
        else:
            self._begin(sequence)

    def poll_lookups(self) -> list[Sequence]:
        """Goes on with sequences that waited for the disk; returns those that are prefilled."""
        sequences: list[Sequence] = []
        for sequence, loaded in self._lookups.settled():
            sequence.blocked = False
            if loaded is not None and loaded.length > sequence.num_computed_tokens:
                self.cache.keep(
                    sequence.cache_key,
                    loaded.tokens,
                    loaded.caches,
                    nbytes=layer_caches.nbytes(loaded.caches),
                    trimmable=loaded.trimmable,
                )
                surplus = len(loaded.tokens) - loaded.length
                self._start_from_copy(sequence, loaded.caches, loaded.length, surplus)
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
        disk = DiskStats() if self._disk is None else self._disk.stats()
        return PrefixCacheStats(len(cache), cache.nbytes, cache.hits, cache.misses, disk)

    def wants_kv(self, sequence: Sequence) -> bool:
        """True when others profit from this sequence's caches once its prompt is computed."""
        return bool(self._followers.get(sequence)) or self._is_worth_keeping(sequence)

    def on_prefilled(self, sequence: Sequence, caches: Caches) -> list[Sequence]:
        """Shares what a sequence has computed so far; returns the sequences that it released.

        `caches` hold exactly that; they are copied, not kept.
        """
        complete = sequence.num_unprefilled_tokens == 0
        if complete:
            self._prefilling.remove(sequence)
        if complete or (sequence.at_checkpoint and not layer_caches.can_trim(caches)):
            self._keep_prompt(sequence, caches)
        return self._release(sequence, caches)

    def leave(self, sequence: Sequence) -> list[Sequence]:
        """Forgets a sequence that ended; returns the sequences that followed it, free to go on."""
        if sequence in self._prefilling:
            self._prefilling.remove(sequence)
        if sequence.broken:
            self.cache.discard(sequence.cache_key, sequence.tokens())
            if self._disk is not None:
                self._disk.discard(sequence.cache_key, sequence.tokens())
        again = self._match_again(self._lookups.leave(sequence))
        followers = [follower for follower, _ in self._followers.pop(sequence, [])]
        for pairs in self._followers.values():
            pairs[:] = [pair for pair in pairs if pair[0] is not sequence]
        self._unblock(followers)
        return [*followers, *again]

    def worth_keeping(self, ended: Collection[Sequence]) -> set[Sequence]:
        """Of sequences that leave the batch, those whose caches are kept."""
        return {each for each in ended if self._is_worth_keeping(each) and not each.broken}

    def insert(self, sequence: Sequence) -> None:
        """Keeps an ended sequence's whole context, for the next turn of a conversation."""
        caches = self._kv_caches.pop(sequence, None)
        if caches is None:
            return
        known = sequence.tokens()
        surplus = sequence.num_kv_tokens - len(known)
        if surplus > 0:
            if not layer_caches.can_trim(caches):
                return
            layer_caches.trim(caches, surplus)
        self._keep(sequence.cache_key, known[: sequence.num_kv_tokens], caches)

    def _reuse(self, sequence: Sequence) -> None:
        prompt = sequence.prefill_tokens()
        if not self.cache.enabled or len(prompt) < _WORTH_SHARING:
            return
        hit = self.cache.find(
            sequence.cache_key, prompt, sequence.num_computed_tokens + _WORTH_SHARING
        )
        if hit is None:
            return
        self._start_from_copy(sequence, hit.value, hit.length, hit.surplus)

    def _begin(self, sequence: Sequence) -> None:
        self._follow(sequence)
        if sequence.num_unprefilled_tokens:
            self._prefilling.append(sequence)

    def _match_again(self, sequences: abc.Sequence[Sequence]) -> abc.Sequence[Sequence]:
        for sequence in sequences:
            sequence.blocked = False
            self.match(sequence)
        return sequences

    def _start_from_copy(
        self, sequence: Sequence, caches: Caches, length: int, surplus: int
    ) -> None:
        own = layer_caches.copy_of(caches)
        if surplus:
            layer_caches.trim(own, surplus)
        self._start_from(sequence, own, length)

    def _start_from(self, sequence: Sequence, caches: Caches, length: int) -> None:
        gained = length - sequence.num_computed_tokens
        self._kv_caches[sequence] = caches
        sequence.num_cached_tokens += gained
        self.reused_tokens += gained
        self._scheduler.skip(sequence, gained)

    def _follow(self, sequence: Sequence) -> None:
        """Makes a sequence wait for one that computes the same tokens ahead of it."""
        if not sequence.num_unprefilled_tokens:
            return
        prompt = sequence.prefill_tokens()
        leader, shared = None, sequence.num_computed_tokens + _WORTH_SHARING - 1
        for other in self._prefilling:
            if other.blocked or other.cache_key != sequence.cache_key:
                continue
            length = common_prefix(prompt, other.prefill_tokens())
            if length > shared and self._reaches(other, length):
                leader, shared = other, length
        if leader is not None:
            leader.checkpoints.add(shared)
            sequence.blocked = True
            self._followers.setdefault(leader, []).append((sequence, shared))
        else:
            self._mark_checkpoint(sequence, prompt)

    def _reaches(self, sequence: Sequence, length: int) -> bool:
        """True when the sequence's caches will be at `length`, or can be cut back to it."""
        caches = self._kv_caches.get(sequence)
        passed = sequence.num_kv_tokens > length
        return not passed or (caches is not None and layer_caches.can_trim(caches))

    def _mark_checkpoint(self, sequence: Sequence, prompt: list[int]) -> None:
        """Where caches cannot be cut back, stops at checkpoints that prompts have in common.

        Prompts that start alike (a system prompt, a conversation so far) show
        the checkpoint; the state there is kept for the next one.
        """
        if not self.cache.enabled or not self._needs_checkpoints:
            return
        key = sequence.cache_key
        checkpoint = max(
            (common_prefix(prompt, other) for known, other in self._recent if known == key),
            default=0,
        )
        self._recent.append((key, prompt))
        if checkpoint >= sequence.num_computed_tokens + _WORTH_SHARING:
            sequence.checkpoints.add(checkpoint)

    def _release(self, sequence: Sequence, caches: Caches) -> list[Sequence]:
        waiting = self._followers.get(sequence, [])
        ready = [
            (follower, shared)
            for follower, shared in waiting
            if sequence.num_computed_tokens >= shared
        ]
        self._followers[sequence] = [pair for pair in waiting if pair not in ready]
        if not self._followers[sequence]:
            del self._followers[sequence]
        for follower, shared in ready:
            if sequence.num_computed_tokens == shared or layer_caches.can_trim(caches):
                self._start_from_copy(
                    follower, caches, shared, sequence.num_computed_tokens - shared
                )
        released = [follower for follower, _ in ready]
        self._unblock(released)
        return released

    def _unblock(self, sequences: abc.Sequence[Sequence]) -> None:
        for sequence in sequences:
            sequence.blocked = False
            self._prefilling.remove(sequence)
        for sequence in sequences:
            self._follow(sequence)
            if sequence.num_unprefilled_tokens:
                self._prefilling.append(sequence)

    def _is_worth_keeping(self, sequence: Sequence) -> bool:
        return self.cache.enabled and sequence.num_prefill_tokens >= _WORTH_SHARING

    def _keep_prompt(self, sequence: Sequence, caches: Caches) -> None:
        tokens, key = sequence.tokens()[: sequence.num_computed_tokens], sequence.cache_key
        if layer_caches.can_trim(caches):
            # Its whole context is kept when it ends; until then, most of it has to do.
            known = self.cache.covered(key, tokens) > len(tokens) - _WORTH_COPYING
        else:
            known = self.cache.covers(key, tokens)
        if not known:
            self._keep(key, tokens, layer_caches.copy_of(caches))

    def _keep(self, key: CacheKey, tokens: list[int], caches: Caches) -> None:
        if not self.cache.enabled or len(tokens) < _WORTH_SHARING:
            return
        trimmable = layer_caches.can_trim(caches)
        start(layer_caches.state(caches))
        self.cache.keep(
            key, tokens, caches, nbytes=layer_caches.nbytes(caches), trimmable=trimmable
        )
        if self._disk is not None and len(tokens) >= WORTH_THE_DISK:
            self._disk.write(key, tokens, caches, trimmable=trimmable)
