"""What can be gone on from along a path of the radix tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias

from .radix_node import B, C, RadixNode

Path: TypeAlias = Sequence[tuple[RadixNode[B, C], int]]
"""The nodes that a text passes, each with how many of its tokens are the text's."""


@dataclass(frozen=True, slots=True)
class PrefixMatch(Generic[B, C]):
    """The longest kept prefix that can be gone on from."""

    length: int
    blocks: Sequence[B]
    """Of its tokens, in order."""
    checkpoint: C | None
    node: RadixNode[B, C]
    """Where it ends."""


@dataclass(frozen=True, slots=True)
class Coverage:
    usable: int
    """Tokens of a text that can be gone on from."""
    known: int
    """Tokens of it that are in the tree, with or without what it takes to go on."""


def longest_usable(path: Path[B, C]) -> tuple[int, int]:
    """The place in a path, and the tokens, of the longest prefix that can be gone on from."""
    place, length = -1, 0
    complete = True
    for index, (node, common) in enumerate(path):
        if complete:
            usable = 0
            for block in node.blocks:
                complete = complete and block.complete
                usable += block.length if complete else 0
            if min(usable, common) > 0:
                place, length = index, node.start + min(usable, common)
        if node.checkpoint is not None and common == len(node.tokens):
            place, length = index, node.end
    return place, length


def first_blocks(nodes: Sequence[RadixNode[B, C]], length: int) -> list[B]:
    """The blocks of the first `length` tokens of a path."""
    blocks: list[B] = []
    for block in (block for node in nodes for block in node.blocks):
        if length <= 0:
            break
        blocks.append(block if block.length <= length else block.part(0, length))
        length -= block.length
    return blocks


def is_useless(node: RadixNode[B, C]) -> bool:
    """True for a leaf from which nothing can go on."""
    if node.children or node.checkpoint is not None:
        return False
    path = [(each, len(each.tokens)) for each in node.path()]
    return longest_usable(path)[1] <= node.start


def shared_nbytes(root: RadixNode[B, C]) -> int:
    """Each node once for every leaf below it but one."""
    order = list(root.subtree())
    leaves = {id(node): int(not node.children) for node in order}
    for node in reversed(order):
        if node.parent is not None:
            leaves[id(node.parent)] = leaves.get(id(node.parent), 0) + leaves[id(node)]
    return sum(node.nbytes * (leaves[id(node)] - 1) for node in order if node.parent is not None)
