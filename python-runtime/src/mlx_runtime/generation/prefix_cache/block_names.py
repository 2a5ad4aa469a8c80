"""What callers call the texts whose computation is kept.

A caller that has no tokenizer knows a prompt by its text. It names some of the prefixes of that
text, and learns which of them are kept by what it called them; the names mean nothing here. They
lie in the tree beside the tokens that they stand for, and go with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np

from .radix_node import B, C, RadixNode
from .radix_path import Path

PlacedNames: TypeAlias = Sequence[tuple[int, int]]
"""Names of 32 bits, each with the tokens of what it stands for, fewest first."""


def place_names(
    names: Sequence[int], ends: Sequence[int], length: int, num_tokens: int
) -> PlacedNames:
    """Where texts end in tokens: taken to be where they end in characters of `length`.

    A template's own tokens shift that a little. Whoever asks wants to know how much is kept, and
    nothing is computed from it. A text of any length has one token at least.
    """
    return [
        (name, max(1, end * num_tokens // length))
        for name, end in zip(names, ends, strict=False)
        if 0 < end <= length
    ]


def name_path(path: Path[B, C], names: PlacedNames) -> None:
    """Notes on a text's path in the tree what its parts are called, as far as it reaches."""
    waiting = iter(names)
    name, place = next(waiting, (0, 0))
    for node, common in path:
        while 0 < place <= node.start + common:
            node.names[name] = place
            name, place = next(waiting, (0, 0))


def kept_names(nodes: Iterable[RadixNode[B, C]]) -> bytes:
    """All names in the tree, each once: 32 bits, the lowest byte first."""
    names = [name for node in nodes for name in node.names]
    return np.unique(np.asarray(names, dtype="<u4")).tobytes()
