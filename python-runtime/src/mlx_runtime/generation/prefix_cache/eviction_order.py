"""Which part of a radix tree goes next: the least recently used leaf, or checkpoint."""

from __future__ import annotations

import heapq
from typing import Generic

from .radix_node import B, C, RadixNode

_FEWEST_BEFORE_CLEARING = 1024


class EvictionOrder(Generic[B, C]):
    """A heap whose outdated entries are skipped: what was used again has another entry."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, RadixNode[B, C]]] = []
        self._pushed = 0
        self._current = 0
        """Entries after the last clearing."""

    def push(self, node: RadixNode[B, C]) -> None:
        """Call whenever a node has become the least of something: used, unlocked, a leaf."""
        used = _last_use(node)
        if used is None:
            return
        self._pushed += 1
        heapq.heappush(self._heap, (used, self._pushed, node))
        if len(self._heap) > max(_FEWEST_BEFORE_CLEARING, 4 * self._current):
            self._clear()

    def pop(self) -> RadixNode[B, C] | None:
        """The node whose leaf or checkpoint is to go; None: everything is in use."""
        while self._heap:
            used, _, node = heapq.heappop(self._heap)
            if _last_use(node) == used:
                return node
        return None

    def _clear(self) -> None:
        newest = {id(node): (used, place, node) for used, place, node in sorted(self._heap)}
        self._heap = [entry for entry in newest.values() if _last_use(entry[2]) == entry[0]]
        heapq.heapify(self._heap)
        self._current = len(self._heap)


def _last_use(node: RadixNode[B, C]) -> int | None:
    """Of what may go: all of a leaf, of others the checkpoint; None: nothing may."""
    if node.parent is None or node.locks > 0:
        return None
    if not node.children:
        return node.used
    return None if node.checkpoint is None else node.checkpoint.used
