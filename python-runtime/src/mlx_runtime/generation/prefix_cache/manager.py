"""A prefix is computed once, also by rows that arrive together."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence

from ..arrays import start
from ..kv_cache import layer_caches
from ..kv_cache.layer_caches import Caches
from ..scheduling.scheduler import Scheduler
from ..sequence import Row
from ..stats import PrefixCacheStats
from .disk import DiskPrefixes, DiskStats
from .pending_lookups import WORTH_THE_DISK, PendingLookups
from .prefix_index import PrefixIndex, common_prefix

_WORTH_SHARING = 16
"""Fewer common tokens than this are cheaper to compute again than to wait for."""
_WORTH_COPYING = 64
"""A prompt that is known but for fewer tokens than this is not copied to be kept."""
_REMEMBERED_PROMPTS = 64


class PrefixCacheManager:
    """Gives rows prefixes that were computed before, or that another row computes now.

    A row that shares more with a row that is being read than the prefix cache
    holds follows that row: it waits until the common part is there, takes a
    copy, and reads on alone.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        capacity_bytes: int,
        *,
        needs_checkpoints: bool,
        disk: DiskPrefixes | None = None,
    ) -> None:
        """`needs_checkpoints`: the model's caches cannot always be cut back to a prefix.

        `disk`: where prefixes are kept beyond memory and this process's life.
        """
        self._scheduler = scheduler
        self._disk = disk
        self._waits = PendingLookups(disk)
        self._needs_checkpoints = needs_checkpoints
        self.cache: PrefixIndex[Caches] = PrefixIndex(capacity_bytes)
        self._reading: list[Row] = []
        self._followers: dict[Row, list[tuple[Row, int]]] = {}
        self.reused_tokens = 0
        self._recent: deque[tuple[str, list[int]]] = deque(maxlen=_REMEMBERED_PROMPTS)

    def welcome(self, row: Row) -> None:
        """Starts a row from the longest prefix there is, or lets it follow another row."""
        self._reuse(row)
        if self._waits.hold_back(row):
            row.ticket.blocked = True
        else:
            self._begin(row)

    def poll_lookups(self) -> list[Row]:
        """Goes on with rows that waited for the disk; returns those that have read all."""
        rows: list[Row] = []
        for row, loaded in self._waits.settled():
            row.ticket.blocked = False
            if loaded is not None and loaded.length > row.read:
                self.cache.keep(
                    row.request.tenant,
                    loaded.tokens,
                    loaded.caches,
                    nbytes=layer_caches.nbytes(loaded.caches),
                    trimmable=loaded.trimmable,
                )
                surplus = len(loaded.tokens) - loaded.length
                self._start_from_copy(row, loaded.caches, loaded.length, surplus)
            self._begin(row)
            rows += [row, *self._match_again(self._waits.leave(row))]
        return [row for row in rows if row.ticket.unread == 0]

    def wait_for_disk(self) -> None:
        """Returns at once when no row waits for the disk, and soon when one does."""
        self._waits.wait()

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

    def wants_kv(self, row: Row) -> bool:
        """True when others profit from this row's caches once its prompt is read."""
        return bool(self._followers.get(row)) or self._worth_keeping(row)

    def on_prefilled(self, row: Row, caches: Caches) -> list[Row]:
        """Shares what a row has read so far; returns the rows that it released.

        `caches` hold exactly that; they are copied, not kept.
        """
        complete = row.ticket.unread == 0
        if complete:
            self._reading.remove(row)
        if complete or (row.at_stop and not layer_caches.can_trim(caches)):
            self._keep_prompt(row, caches)
        return self._release(row, caches)

    def leave(self, row: Row) -> list[Row]:
        """Forgets a row that ended; returns the rows that followed it, free to read."""
        if row in self._reading:
            self._reading.remove(row)
        if row.broken:
            self.cache.discard(row.request.tenant, row.context())
            if self._disk is not None:
                self._disk.discard(row.request.tenant, row.context())
        again = self._match_again(self._waits.leave(row))
        followers = [follower for follower, _ in self._followers.pop(row, [])]
        for pairs in self._followers.values():
            pairs[:] = [pair for pair in pairs if pair[0] is not row]
        self._unblock(followers)
        return [*followers, *again]

    def wanted(self, ended: Collection[Row]) -> set[Row]:
        """Of rows that leave the batch, those whose caches are kept."""
        return {row for row in ended if self._worth_keeping(row) and not row.broken}

    def insert(self, row: Row) -> None:
        """Keeps an ended row's whole context, for the next turn of a conversation."""
        caches, row.caches = row.caches, None
        if caches is None:
            return
        known = row.context()
        surplus = row.fed - len(known)
        if surplus > 0:
            if not layer_caches.can_trim(caches):
                return
            layer_caches.trim(caches, surplus)
        self._keep(row.request.tenant, known[: row.fed], caches)

    def _reuse(self, row: Row) -> None:
        prompt = row.context()[: row.prefill_total]
        if not self.cache.enabled or len(prompt) < _WORTH_SHARING:
            return
        hit = self.cache.find(row.request.tenant, prompt, row.read + _WORTH_SHARING)
        if hit is None:
            return
        self._start_from_copy(row, hit.value, hit.length, hit.surplus)

    def _begin(self, row: Row) -> None:
        self._follow(row)
        if row.ticket.unread:
            self._reading.append(row)

    def _match_again(self, rows: Sequence[Row]) -> Sequence[Row]:
        for row in rows:
            row.ticket.blocked = False
            self.welcome(row)
        return rows

    def _start_from_copy(self, row: Row, caches: Caches, length: int, surplus: int) -> None:
        own = layer_caches.copy_of(caches)
        if surplus:
            layer_caches.trim(own, surplus)
        self._start_from(row, own, length)

    def _start_from(self, row: Row, caches: Caches, length: int) -> None:
        gained = length - row.read
        row.caches = caches
        row.cached_tokens += gained
        self.reused_tokens += gained
        self._scheduler.skip(row.ticket, gained)

    def _follow(self, row: Row) -> None:
        """Makes a row wait for one that is reading the same tokens ahead of it."""
        if not row.ticket.unread:
            return
        prompt = row.context()[: row.prefill_total]
        leader, shared = None, row.read + _WORTH_SHARING - 1
        for other in self._reading:
            if other.request.tenant != row.request.tenant or other.ticket.blocked:
                continue
            length = common_prefix(prompt, other.context()[: other.prefill_total])
            if length > shared and self._reaches(other, length):
                leader, shared = other, length
        if leader is not None:
            leader.stop_at(shared)
            row.ticket.blocked = True
            self._followers.setdefault(leader, []).append((row, shared))
        else:
            self._mark_borders(row, prompt)

    def _reaches(self, row: Row, length: int) -> bool:
        """True when the row's caches will be at `length`, or can be cut back to it."""
        passed = max(row.read, row.reading_until) > length
        return not passed or (row.caches is not None and layer_caches.can_trim(row.caches))

    def _mark_borders(self, row: Row, prompt: list[int]) -> None:
        """Where caches cannot be cut back, stops at borders that prompts have in common.

        Prompts that start alike (a system prompt, a conversation so far) show
        the border; the state there is kept for the next one.
        """
        if not self.cache.enabled or not self._needs_checkpoints:
            return
        tenant = row.request.tenant
        border = max(
            (common_prefix(prompt, other) for name, other in self._recent if name == tenant),
            default=0,
        )
        self._recent.append((tenant, prompt))
        if border >= row.read + _WORTH_SHARING:
            row.stop_at(border)

    def _release(self, row: Row, caches: Caches) -> list[Row]:
        waiting = self._followers.get(row, [])
        ready = [(follower, shared) for follower, shared in waiting if row.read >= shared]
        self._followers[row] = [pair for pair in waiting if pair not in ready]
        if not self._followers[row]:
            del self._followers[row]
        for follower, shared in ready:
            if row.read == shared or layer_caches.can_trim(caches):
                self._start_from_copy(follower, caches, shared, row.read - shared)
        released = [follower for follower, _ in ready]
        self._unblock(released)
        return released

    def _unblock(self, rows: Sequence[Row]) -> None:
        for row in rows:
            row.ticket.blocked = False
            self._reading.remove(row)
        for row in rows:
            self._follow(row)
            if row.ticket.unread:
                self._reading.append(row)

    def _worth_keeping(self, row: Row) -> bool:
        return self.cache.enabled and row.prefill_total >= _WORTH_SHARING

    def _keep_prompt(self, row: Row, caches: Caches) -> None:
        tokens, tenant = row.context()[: row.read], row.request.tenant
        if layer_caches.can_trim(caches):
            # Its whole context is kept when it ends; until then, most of it has to do.
            known = self.cache.covered(tenant, tokens) > len(tokens) - _WORTH_COPYING
        else:
            known = self.cache.covers(tenant, tokens)
        if not known:
            self._keep(tenant, tokens, layer_caches.copy_of(caches))

    def _keep(self, tenant: str, tokens: list[int], caches: Caches) -> None:
        if not self.cache.enabled or len(tokens) < _WORTH_SHARING:
            return
        trimmable = layer_caches.can_trim(caches)
        start(layer_caches.state(caches))
        self.cache.keep(
            tenant, tokens, caches, nbytes=layer_caches.nbytes(caches), trimmable=trimmable
        )
        if self._disk is not None and len(tokens) >= WORTH_THE_DISK:
            self._disk.offer(tenant, tokens, caches, trimmable=trimmable)
