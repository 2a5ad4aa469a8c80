"""A node of the radix tree: some tokens behind those of its parent, and what is kept of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Self

from ..tokens import common_prefix

Tokens = NDArray[np.int32]
Own = TypeVar("Own", bound="Block")


class Block(Protocol):
    """What is kept of a few consecutive tokens."""

    @property
    def length(self) -> int:
        """In tokens."""
        ...

    @property
    def nbytes(self) -> int: ...

    @property
    def complete(self) -> bool:
        """True when blocks alone are enough to go on from; else a checkpoint is needed too."""
        ...

    def split(self, at: int) -> tuple[Self, Self]:
        """The first `at` tokens, and the rest."""
        ...

    def part(self, begin: int, end: int) -> Self:
        """Some of its tokens, to be read and not kept."""
        ...


def copied(tokens: Tokens) -> Tokens:
    """In memory of their own."""
    return np.array(tokens, dtype=np.int32)


B = TypeVar("B", bound=Block)
C = TypeVar("C")


@dataclass(slots=True, eq=False)
class Checkpoint(Generic[C]):
    """What cannot be cut to a prefix, as it was behind a node's last token."""

    value: C
    nbytes: int
    used: int


@dataclass(frozen=True, slots=True)
class Dropped(Generic[B, C]):
    """What was kept of nodes that are no longer in the tree."""

    blocks: list[B] = field(default_factory=list[B])
    checkpoints: list[C] = field(default_factory=list[C])

    def add(self, other: Dropped[B, C]) -> None:
        self.blocks.extend(other.blocks)
        self.checkpoints.extend(other.checkpoints)


@dataclass(slots=True, eq=False)
class RadixNode(Generic[B, C]):
    namespace: Hashable
    parent: RadixNode[B, C] | None
    """None: of a root, which has no tokens, and of what is no longer in the tree."""
    start: int
    """Tokens before its own."""
    tokens: Tokens
    blocks: list[B] = field(default_factory=list[B])
    children: dict[int, RadixNode[B, C]] = field(default_factory=dict[int, "RadixNode[B, C]"])
    """By their first tokens."""
    checkpoint: Checkpoint[C] | None = None
    used: int = 0
    """When it was used last, in uses of the tree."""
    locks: int = 0
    """Sequences that go on from here or from below."""
    names: dict[int, int] = field(default_factory=dict[int, int])
    """What callers call texts that end among its tokens, each with the tokens that it has."""

    @property
    def end(self) -> int:
        return self.start + len(self.tokens)

    @property
    def nbytes(self) -> int:
        own = sum(block.nbytes for block in self.blocks)
        return own if self.checkpoint is None else own + self.checkpoint.nbytes

    def common(self, tokens: Tokens, place: int) -> int:
        """How many of the tokens from `place` on are its own."""
        part = tokens[place : place + len(self.tokens)]
        if len(part) == len(self.tokens) and (part == self.tokens).all():
            return len(part)
        return common_prefix(self.tokens, part)

    def path(self) -> list[RadixNode[B, C]]:
        """The nodes from the root's child down to this one."""
        nodes: list[RadixNode[B, C]] = []
        node = self
        while node.parent is not None:
            nodes.append(node)
            node = node.parent
        return nodes[::-1]

    def subtree(self) -> Iterator[RadixNode[B, C]]:
        """This node and all below it."""
        waiting: list[RadixNode[B, C]] = [self]
        while waiting:
            node = waiting.pop()
            waiting.extend(node.children.values())
            yield node

    def empty(self) -> Dropped[B, C]:
        """Takes everything from it; what still knows of the node keeps nothing alive by that."""
        checkpoints = [] if self.checkpoint is None else [self.checkpoint.value]
        dropped = Dropped(self.blocks, checkpoints)
        self.parent, self.blocks, self.checkpoint = None, [], None
        self.children.clear()
        self.names.clear()
        return dropped

    def drop_last_block(self) -> int:
        """Returns the bytes that this frees."""
        block = self.blocks.pop()
        self.tokens = copied(self.tokens[: -block.length])
        self.names = {name: place for name, place in self.names.items() if place <= self.end}
        return block.nbytes

    def split(self, at: int) -> RadixNode[B, C]:
        """Makes a node of its first `at` tokens and puts it above this one, which keeps the
        rest; returns the new node."""
        upper = RadixNode(
            self.namespace,
            self.parent,
            self.start,
            copied(self.tokens[:at]),
            used=self.used,
            locks=self.locks,
        )
        self._move_blocks(upper, at)
        if self.parent is not None:
            self.parent.children[int(self.tokens[0])] = upper
        self.parent, self.start = upper, self.start + at
        self.tokens = copied(self.tokens[at:])
        upper.names = {name: place for name, place in self.names.items() if place <= self.start}
        self.names = {name: place for name, place in self.names.items() if place > self.start}
        upper.children[int(self.tokens[0])] = self
        return upper

    def _move_blocks(self, upper: RadixNode[B, C], at: int) -> None:
        own: list[B] = []
        place = 0
        for block in self.blocks:
            begin, place = place, place + block.length
            if place <= at:
                upper.blocks.append(block)
            elif begin >= at:
                own.append(block)
            else:
                first, rest = block.split(at - begin)
                upper.blocks.append(first)
                own.append(rest)
        self.blocks = own
