"""Computed prefixes kept for reuse: least recently used first out, by bytes.

Pure bookkeeping: what is kept is opaque here. Entries belong to a namespace and
are never seen by another one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..tokens import common_prefix

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True, eq=False)
class PrefixEntry(Generic[Kept]):
    namespace: Hashable
    tokens: NDArray[np.int32]
    value: Kept
    nbytes: int
    trimmable: bool
    """True: the value can be cut back to any shorter prefix."""

    def shared(self, tokens: NDArray[np.int32]) -> int:
        """How many of `tokens` this entry has computed: all of its own, or none, if it
        cannot be trimmed."""
        common = common_prefix(self.tokens, tokens)
        return common if self.trimmable or common == len(self.tokens) else 0


@dataclass(frozen=True, slots=True)
class PrefixHit(Generic[Kept]):
    value: Kept
    length: int
    surplus: int
    """Tokens beyond `length` that the value holds and the caller trims."""


class PrefixIndex(Generic[Kept]):
    def __init__(
        self, capacity_bytes: int, on_drop: Callable[[Kept], None] = lambda _: None
    ) -> None:
        """`on_drop` is called with every value that is no longer kept."""
        self._capacity = capacity_bytes
        self._on_drop = on_drop
        self._entries: OrderedDict[int, PrefixEntry[Kept]] = OrderedDict()
        self._next_key = 0
        self.nbytes = 0
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def enabled(self) -> bool:
        return self._capacity > 0

    def find(
        self, namespace: Hashable, tokens: Sequence[int], minimum: int
    ) -> PrefixHit[Kept] | None:
        """The longest kept prefix of `tokens`, if it has at least `minimum` tokens."""
        wanted = np.asarray(tokens, dtype=np.int32)
        key, length = self._longest(namespace, wanted)
        if key is None or length < max(1, minimum):
            self.misses += 1
            return None
        self.hits += 1
        self._entries.move_to_end(key)
        entry = self._entries[key]
        return PrefixHit(entry.value, length, len(entry.tokens) - length)

    def covers(self, namespace: Hashable, tokens: Sequence[int]) -> bool:
        """True when all of `tokens` is kept already; that entry counts as used now."""
        key, length = self._longest(namespace, np.asarray(tokens, dtype=np.int32))
        if key is None or length < len(tokens):
            return False
        self._entries.move_to_end(key)
        return True

    def covered(self, namespace: Hashable, tokens: Sequence[int]) -> int:
        """How many of `tokens` are kept; nothing counts as used by that."""
        return self._longest(namespace, np.asarray(tokens, dtype=np.int32))[1]

    def keep(
        self,
        namespace: Hashable,
        tokens: Sequence[int],
        value: Kept,
        *,
        nbytes: int,
        trimmable: bool,
    ) -> bool:
        """Keeps a prefix; False when it is larger than the whole cache.

        Entries that it makes superfluous, and the least recently used ones
        beyond the capacity, are dropped.
        """
        if nbytes > self._capacity:
            return False
        entry = PrefixEntry(namespace, np.asarray(tokens, dtype=np.int32), value, nbytes, trimmable)
        for key, other in list(self._entries.items()):
            if _supersedes(entry, other):
                self._drop(key)
        self._entries[self._next_key] = entry
        self._next_key += 1
        self.nbytes += nbytes
        self.shrink(self._capacity)
        return True

    def discard(self, namespace: Hashable, tokens: Sequence[int]) -> None:
        """Drops every entry that lies on the path of `tokens`: what it holds is in doubt."""
        wanted = np.asarray(tokens, dtype=np.int32)
        for key, entry in list(self._entries.items()):
            on_path = min(len(entry.tokens), len(wanted))
            if entry.namespace == namespace and common_prefix(entry.tokens, wanted) == on_path:
                self._drop(key)

    def shrink(self, nbytes: int) -> None:
        """Drops least recently used entries until at most `nbytes` are kept."""
        while self.nbytes > nbytes and self._entries:
            self._drop(next(iter(self._entries)))

    def remove(self, value: Kept) -> None:
        """Drops what was kept as `value`."""
        for key, entry in list(self._entries.items()):
            if entry.value == value:
                self._drop(key)

    def _drop(self, key: int) -> None:
        entry = self._entries.pop(key)
        self.nbytes -= entry.nbytes
        self._on_drop(entry.value)

    def _longest(self, namespace: Hashable, wanted: NDArray[np.int32]) -> tuple[int | None, int]:
        best: int | None = None
        longest = 0
        for key, entry in self._entries.items():
            if entry.namespace == namespace and (length := entry.shared(wanted)) > longest:
                best, longest = key, length
        return best, longest


def _supersedes(entry: PrefixEntry[Kept], other: PrefixEntry[Kept]) -> bool:
    """A trimmable entry replaces its own prefixes; any entry replaces its equal."""
    if entry.namespace != other.namespace or len(other.tokens) > len(entry.tokens):
        return False
    same_length = len(other.tokens) == len(entry.tokens)
    return (entry.trimmable or same_length) and other.shared(entry.tokens) == len(other.tokens)
