"""Sequences that wait for one that computes the same tokens ahead of them."""

from __future__ import annotations

from collections import abc

from ..kv_cache import layer_caches
from ..kv_cache.layer_caches import Caches
from ..sequence import Sequence
from ..tokens import WORTH_SHARING, common_prefix


class Followers:
    """Which sequences are prefilled, and which of them lead others."""

    def __init__(self, kv_caches: abc.Mapping[Sequence, Caches]) -> None:
        """`kv_caches`: of sequences outside the decode batch."""
        self._kv_caches = kv_caches
        self._prefilling: list[Sequence] = []
        self._waiting: dict[Sequence, list[tuple[Sequence, int]]] = {}

    def begin(self, sequence: Sequence) -> bool:
        """Notes that a sequence is prefilled, or waits for another one; False: it does not wait."""
        if sequence.num_unprefilled_tokens == 0:
            return False
        follows = self._follow(sequence)
        self._prefilling.append(sequence)
        return follows

    def end(self, sequence: Sequence) -> None:
        """Notes that a sequence is prefilled, or ended."""
        if sequence in self._prefilling:
            self._prefilling.remove(sequence)

    def leave(self, sequence: Sequence) -> list[Sequence]:
        """Forgets a sequence that ended; returns those that followed it."""
        self.end(sequence)
        followers = [follower for follower, _ in self._waiting.pop(sequence, [])]
        for pairs in self._waiting.values():
            pairs[:] = [pair for pair in pairs if pair[0] is not sequence]
        return followers

    def take_ready(self, leader: Sequence) -> list[tuple[Sequence, int]]:
        """Followers whose common part is computed, with its length."""
        waiting = self._waiting.pop(leader, [])
        ready = [pair for pair in waiting if leader.num_computed_tokens >= pair[1]]
        if len(ready) < len(waiting):
            self._waiting[leader] = [pair for pair in waiting if pair not in ready]
        return ready

    def _follow(self, sequence: Sequence) -> bool:
        prompt = sequence.prefill_array()
        leader, shared = None, sequence.num_computed_tokens + WORTH_SHARING - 1
        for other in self._prefilling:
            if other.blocked or other.cache_key != sequence.cache_key:
                continue
            length = common_prefix(prompt, other.prefill_array())
            if length > shared and self._reaches(other, length):
                leader, shared = other, length
        if leader is None:
            return False
        leader.checkpoints.add(shared)
        sequence.blocked = True
        self._waiting.setdefault(leader, []).append((sequence, shared))
        return True

    def _reaches(self, sequence: Sequence, length: int) -> bool:
        """True when the sequence's caches will be at `length`, or can be cut back to it."""
        caches = self._kv_caches.get(sequence)
        passed = sequence.num_kv_tokens > length
        return not passed or (caches is not None and layer_caches.can_trim(caches))
