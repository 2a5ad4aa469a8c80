"""Which first tokens of a batch's rows are held as shared prefixes, apart from its padded rest.

Rows that run together lie in arrays as long as the longest of them. That is
wasteful in two ways: what rows have in common is held, and attended to, once for
each; and one long row makes all others as long. So a common beginning is held
once, and a row that is much longer than others by itself.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import mlx.core as mx

from ...model.cpu import PrefixedKeys, PrefixKeys
from ..arrays import integer_array
from ..tokens import common_prefix

_WORTH_HOLDING = 512
"""Tokens that have to be spared for a prefix to be shared: attention to that many takes about
as long as one more product."""


@dataclass(frozen=True, slots=True)
class CachedTokens:
    """The known tokens that a row's caches hold, or the first of them."""

    namespace: Hashable
    """Rows of different namespaces have nothing in common."""
    tokens: Sequence[int]


@dataclass(frozen=True, slots=True)
class Prefix:
    text: CachedTokens
    layers: Sequence[tuple[mx.array, mx.array]]
    """Keys and values, (1, heads, tokens, size)."""
    rows: Sequence[int]
    """Indices in the batch, ascending."""

    @property
    def length(self) -> int:
        return len(self.text.tokens)

    def begins(self, text: CachedTokens) -> bool:
        same = self.text.namespace == text.namespace and self.length <= len(text.tokens)
        return same and common_prefix(self.text.tokens, text.tokens) == self.length


class SharedPrefixes:
    """The prefixes of a batch, which its layers share."""

    def __init__(self, prefixes: Sequence[Prefix], rows: int) -> None:
        """`rows`: of the batch."""
        self.change(prefixes, rows)

    def change(self, prefixes: Sequence[Prefix], rows: int) -> None:
        self.prefixes = [prefix for prefix in prefixes if prefix.rows]
        self._lengths = [0] * rows
        for prefix in self.prefixes:
            for row in prefix.rows:
                self._lengths[row] = prefix.length
        ordered = [row for prefix in self.prefixes for row in prefix.rows]
        ordered += [row for row in range(rows) if not self._lengths[row]]
        places = sorted(range(rows), key=ordered.__getitem__)
        self._order = None if places == list(range(rows)) else integer_array(places)

    @property
    def lengths(self) -> Sequence[int]:
        """Tokens of each row that are in its shared prefix."""
        return self._lengths

    def keys(self, layer: int, suffix: mx.array) -> mx.array:
        """What takes the place of a layer's keys; the type that models are written for.

        `suffix`: what rows have behind their prefix, (rows, heads, places, size).
        """
        if not self.prefixes:
            return suffix
        parts = [PrefixKeys(*prefix.layers[layer], prefix.rows) for prefix in self.prefixes]
        return PrefixedKeys(suffix, parts, self._order)  # pyright: ignore[reportReturnType]

    def of_row(self, index: int) -> Prefix | None:
        return next((prefix for prefix in self.prefixes if index in prefix.rows), None)

    def kept(self, indices: Sequence[int]) -> list[Prefix]:
        """Of those rows alone, which are to be numbered anew."""
        return [
            replace(prefix, rows=[new for new, old in enumerate(indices) if old in prefix.rows])
            for prefix in self.prefixes
        ]

    def with_more(self, others: Sequence[Prefix]) -> list[Prefix]:
        """Together with those of rows that are appended."""
        rows = len(self._lengths)
        joined = list(self.prefixes)
        for other in others:
            moved = [row + rows for row in other.rows]
            for place, prefix in enumerate(joined):
                if prefix.layers is other.layers:
                    joined[place] = replace(prefix, rows=[*prefix.rows, *moved])
                    break
            else:
                joined.append(replace(other, rows=moved))
        return joined


@dataclass(frozen=True, slots=True)
class PrefixShare:
    """Rows that are to begin with one prefix."""

    rows: Sequence[int]
    length: int
    held: Prefix | None = None
    """The prefix, if the batch that the rows join has it."""


def plan_shared_prefixes(
    texts: Sequence[CachedTokens], held: Sequence[Prefix] = (), *, beside: int = 0, longest: int = 0
) -> list[PrefixShare]:
    """What rows with these texts are to share.

    `held`: the prefixes of the batch that they join; `beside`: its rows; `longest`: most tokens
    of one of those behind its prefix.
    """
    shares: list[PrefixShare] = []
    left = list(range(len(texts)))
    for prefix in sorted(held, key=lambda prefix: -prefix.length):
        rows = [row for row in left if prefix.begins(texts[row])]
        if rows:
            shares.append(PrefixShare(rows, prefix.length, prefix))
            left = [row for row in left if row not in rows]
    for first in tuple(left):
        if first in left and (common := _most_in_common(texts, first, left)) is not None:
            shares.append(common)
            left = [row for row in left if row not in common.rows]
    rests = [len(texts[row].tokens) - share.length for share in shares for row in share.rows]
    alone = _long_ones(
        {row: len(texts[row].tokens) for row in left},
        len(texts) + beside,
        max([longest, *rests]),
    )
    return shares + [PrefixShare([row], len(texts[row].tokens)) for row in alone]


def _most_in_common(
    texts: Sequence[CachedTokens], first: int, rows: Sequence[int]
) -> PrefixShare | None:
    """A row, and those that share so much with it that most is spared; None: too little is."""
    commons = {row: _in_common(texts[first], texts[row]) for row in rows if row != first}
    best: PrefixShare | None = None
    most = _WORTH_HOLDING
    members = [first]
    for row in sorted(commons, key=lambda row: -commons[row]):
        spared = commons[row] * len(members)
        members.append(row)
        if spared >= most:
            best, most = PrefixShare(sorted(members), commons[row]), spared
    return best


def _in_common(left: CachedTokens, right: CachedTokens) -> int:
    return common_prefix(left.tokens, right.tokens) if left.namespace == right.namespace else 0


def _long_ones(lengths: dict[int, int], rows: int, longest: int) -> list[int]:
    """Rows that are cheaper alone than if all others were padded to their length."""
    ordered = sorted(lengths, key=lambda row: -lengths[row])
    apart, best = 0, rows * max([longest, *lengths.values()])
    spent = 0
    for count, row in enumerate(ordered, start=1):
        spent += lengths[row] + _WORTH_HOLDING
        rest = max([longest, *(lengths[other] for other in ordered[count:])])
        if spent + rows * rest < best:
            apart, best = count, spent + rows * rest
    return ordered[:apart]
