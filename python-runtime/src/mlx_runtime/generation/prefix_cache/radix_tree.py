"""Computed prefixes, kept in one tree: what texts begin with in common is kept once.

(As in Zheng et al., "SGLang: Efficient execution of structured language model programs",
2024.) Pure bookkeeping: what is kept is opaque here. Trees of different namespaces have
nothing in common. A look-up follows the text and costs what that is long, however many
texts are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Generic

import numpy as np

from .eviction_order import EvictionOrder
from .radix_node import B, C, Checkpoint, Dropped, RadixNode, Tokens, copied
from .radix_path import (
    Coverage,
    Path,
    PrefixMatch,
    first_blocks,
    is_useless,
    longest_usable,
    shared_nbytes,
)


class RadixTree(Generic[B, C]):
    def __init__(self, capacity_bytes: int, *, keeps_useless: bool = False) -> None:
        """`keeps_useless`: also what nothing can go on from before its checkpoint comes."""
        self.capacity = capacity_bytes
        self._keeps_useless = keeps_useless
        self._roots: dict[Hashable, RadixNode[B, C]] = {}
        self._order: EvictionOrder[B, C] = EvictionOrder()
        self._uses = 0
        self.nbytes = 0
        self.leaves = 0
        self.evictions = 0
        """Blocks and checkpoints that were dropped for want of room."""
        self.hits = 0
        self.misses = 0

    @property
    def enabled(self) -> bool:
        return self.capacity > 0

    @property
    def shared_nbytes(self) -> int:
        """Bytes that whole copies of the kept texts would take beyond what is kept."""
        return sum(shared_nbytes(root) for root in self._roots.values())

    def nodes(self) -> Iterator[RadixNode[B, C]]:
        return (node for root in self._roots.values() for node in root.subtree())

    def find(self, namespace: Hashable, tokens: Tokens, minimum: int) -> PrefixMatch[B, C] | None:
        """The longest prefix of `tokens` to go on from, if it has at least `minimum` tokens."""
        place, length = longest_usable(path := self.walk(namespace, tokens))
        if length < max(1, minimum):
            self.misses += 1
            return None
        self.hits += 1
        nodes = [node for node, _ in path[: place + 1]]
        last = nodes[-1]
        checkpoint = last.checkpoint if last.end == length else None
        self._touch(nodes, checkpoint)
        value = None if checkpoint is None else checkpoint.value
        return PrefixMatch(length, first_blocks(nodes, length), value, last)

    def coverage(self, namespace: Hashable, tokens: Tokens) -> Coverage:
        """How much of a text is kept; nothing counts as used by that."""
        path = self.walk(namespace, tokens)
        return Coverage(longest_usable(path)[1], sum(common for _, common in path))

    def insert(
        self,
        namespace: Hashable,
        tokens: Tokens,
        blocks_from: Callable[[int], Sequence[B]],
        checkpoint: Callable[[Sequence[B]], tuple[C, int] | None] = lambda _: None,
    ) -> RadixNode[B, C] | None:
        """Keeps a text; returns the node where it ends, or as much of it as there is room for.

        `blocks_from`: gives the blocks of the tokens from a place to the end.
        `checkpoint`: made of all its blocks, with its bytes; None: it needs none.
        """
        if not self.enabled or len(tokens) == 0:
            return None
        path = self.walk(namespace, tokens)
        node = self._end_of(namespace, path)
        known = node.end
        new = blocks_from(known) if known < len(tokens) else ()
        above = sum(each.nbytes for each in node.path())
        if above + sum(block.nbytes for block in new) > self.capacity:
            return self._settled(node)
        self.lock(node)
        added = self._append(node, tokens, new)
        if added.end == len(tokens):
            self._add_checkpoint(added, checkpoint)
        self._touch(added.path())
        self.unlock(node)
        return self._settled(added)

    def lock(self, node: RadixNode[B, C]) -> None:
        """Keeps a node and those above it until it is unlocked."""
        for each in node.path():
            each.locks += 1

    def unlock(self, node: RadixNode[B, C]) -> None:
        for each in node.path():
            each.locks -= 1
            self._order.push(each)

    def discard(
        self, namespace: Hashable, tokens: Tokens, is_sound: Callable[[B], bool]
    ) -> Dropped[B, C]:
        """Drops what lies on the path of a text whose computation is in doubt; returns it.

        What other texts go on from too stays, unless one of its blocks is found unsound.
        """
        nodes = [node for node, _ in self.walk(namespace, tokens)]
        shared = max((i for i, node in enumerate(nodes) if len(node.children) > 1), default=-1)
        for place, node in enumerate(nodes):
            if place > shared or not all(map(is_sound, node.blocks)):
                return self._detach(node)
        return Dropped()

    def shrink(self, nbytes: int) -> None:
        """Drops what was used least recently until at most `nbytes` are kept, or all is in use."""
        while self.nbytes > nbytes and self._evict():
            pass

    def remove(self, is_gone: Callable[[B], bool]) -> Dropped[B, C]:
        """Drops nodes that have such blocks, with all below them; returns what was dropped."""
        gone: list[RadixNode[B, C]] = []
        waiting = [child for root in self._roots.values() for child in root.children.values()]
        while waiting:
            node = waiting.pop()
            if any(map(is_gone, node.blocks)):
                gone.append(node)
            else:
                waiting += node.children.values()
        dropped: Dropped[B, C] = Dropped()
        for node in gone:
            dropped.add(self._detach(node))
        return dropped

    def drop_checkpoints(self, is_gone: Callable[[C], bool]) -> None:
        for node in self.nodes():
            if node.checkpoint is not None and is_gone(node.checkpoint.value):
                self._drop_checkpoint(node)

    def clear(self) -> None:
        """Drops everything, in use or not."""
        for root in list(self._roots.values()):
            for child in list(root.children.values()):
                self._detach(child)

    def walk(self, namespace: Hashable, tokens: Tokens) -> Path[B, C]:
        """The nodes that a text passes; nothing counts as used by that."""
        path: list[tuple[RadixNode[B, C], int]] = []
        node = self._roots.get(namespace)
        place = 0
        while node is not None and place < len(tokens):
            node = node.children.get(int(tokens[place]))
            if node is not None:
                common = node.common(tokens, place)
                path.append((node, common))
                place += common
                if common < len(node.tokens):
                    break
        return path

    def _end_of(self, namespace: Hashable, path: Path[B, C]) -> RadixNode[B, C]:
        """The node that ends where a text leaves the tree."""
        if not path:
            if namespace not in self._roots:
                empty = np.zeros(0, np.int32)
                self._roots[namespace] = RadixNode(namespace, None, 0, empty)
            return self._roots[namespace]
        node, common = path[-1]
        if common == len(node.tokens):
            return node
        before = node.nbytes
        upper = node.split(common)
        self.nbytes += node.nbytes + upper.nbytes - before
        return upper

    def _append(
        self, node: RadixNode[B, C], tokens: Tokens, blocks: Sequence[B]
    ) -> RadixNode[B, C]:
        """Adds a child with as many of the blocks as there is room for."""
        fitting: list[B] = []
        for block in blocks:
            if not self._make_room(block.nbytes):
                break
            self.nbytes += block.nbytes
            fitting.append(block)
        if not fitting:
            return node
        start = node.end
        own = copied(tokens[start : start + sum(block.length for block in fitting)])
        child = RadixNode(node.namespace, node, start, own, fitting)
        if node.parent is None:
            # It may have lost its last child to make room.
            self._roots[node.namespace] = node
        if node.children or node.parent is None:
            self.leaves += 1
        node.children[int(own[0])] = child
        return child

    def _add_checkpoint(
        self,
        node: RadixNode[B, C],
        make: Callable[[Sequence[B]], tuple[C, int] | None],
    ) -> None:
        if node.checkpoint is not None or node.parent is None:
            return
        self.lock(node)
        made = make([block for each in node.path() for block in each.blocks])
        if made is not None and self._make_room(made[1]):
            node.checkpoint = Checkpoint(*made, self._uses)
            self.nbytes += made[1]
        self.unlock(node)

    def _settled(self, node: RadixNode[B, C]) -> RadixNode[B, C] | None:
        """Drops leaves that nothing can go on from; the node that is left."""
        while not self._keeps_useless and node.parent is not None and is_useless(node):
            parent = node.parent
            self._detach(node)
            node = parent
        if node.parent is None:
            self._drop_empty_root(node)
            return None
        return node

    def _make_room(self, nbytes: int) -> bool:
        self.shrink(max(0, self.capacity - nbytes))
        return self.nbytes + nbytes <= self.capacity

    def _evict(self) -> bool:
        """Drops the last block of the oldest leaf, or a checkpoint; False: all is in use."""
        node = self._order.pop()
        if node is None:
            return False
        self.evictions += 1
        if node.children:
            self._drop_checkpoint(node)
        elif node.checkpoint is not None or len(node.blocks) <= 1:
            self._detach(node)
        else:
            self.nbytes -= node.drop_last_block()
            self._order.push(node)
        return True

    def _drop_checkpoint(self, node: RadixNode[B, C]) -> None:
        if node.checkpoint is not None:
            self.nbytes -= node.checkpoint.nbytes
            node.checkpoint = None

    def _detach(self, node: RadixNode[B, C]) -> Dropped[B, C]:
        """Takes a subtree out; a parent that is of no use without it goes too."""
        parent = node.parent
        dropped: Dropped[B, C] = Dropped()
        if parent is None:
            return dropped
        for each in parent.path():
            # Who was in it holds nothing above any more.
            each.locks -= node.locks
        del parent.children[int(node.tokens[0])]
        for each in list(node.subtree()):
            self.nbytes -= each.nbytes
            self.leaves -= not each.children
            dropped.add(each.empty())
        if parent.parent is None:
            self._drop_empty_root(parent)
        elif not parent.children:
            self.leaves += 1
            if parent.locks == 0 and not self._keeps_useless and is_useless(parent):
                dropped.add(self._detach(parent))
            else:
                self._order.push(parent)
        return dropped

    def _drop_empty_root(self, root: RadixNode[B, C]) -> None:
        if not root.children:
            self._roots.pop(root.namespace, None)

    def _touch(
        self, nodes: Sequence[RadixNode[B, C]], checkpoint: Checkpoint[C] | None = None
    ) -> None:
        self._uses += 1
        for node in nodes:
            node.used = self._uses
        if checkpoint is not None:
            checkpoint.used = self._uses
        if nodes:
            self._order.push(nodes[-1])
