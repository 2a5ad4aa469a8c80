"""What a few consecutive tokens of one row have left in its caches, in arrays of their own.

Rows that begin alike share such blocks. A cache gives up the keys and values of any of its
tokens if it keeps those of every token; what others keep (the rest of a window, a recurrent
state) is only of use as it was behind one token, and kept as a copy of the cache.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import mlx.core as mx
from mlx_lm.models.cache import CacheList, KVCache, QuantizedKVCache, RotatingKVCache

from ..arrays import start
from .aligned_caches import AlignedCaches
from .alignment import rounded
from .layer_caches import Caches, LayerCache, copy_of, extract, trim

BLOCK_TOKENS = 256
"""Of one block at most: as many as caches grow by."""

Arrays: TypeAlias = tuple[mx.array, ...]
"""Keys and values, or their quantised parts: (1, heads, tokens, size) each."""
States: TypeAlias = Sequence[LayerCache | None]
"""Copies of the plain caches that blocks do not replace; None in the place of the others."""

_BYTES_PER_TOKEN = 4
"""Of the token itself."""


@dataclass(frozen=True, slots=True, eq=False)
class TokenBlock:
    layers: Sequence[Arrays | None]
    """Of each plain cache; None: it does not keep the keys and values of all its tokens."""
    length: int
    """In tokens."""

    @property
    def nbytes(self) -> int:
        held = sum(array.nbytes for arrays in self.layers for array in arrays or ())
        return held + _BYTES_PER_TOKEN * self.length

    @property
    def complete(self) -> bool:
        """True when nothing but blocks is needed to go on from one of its tokens."""
        return None not in self.layers

    def split(self, at: int) -> tuple[TokenBlock, TokenBlock]:
        """The first `at` tokens and the rest, each in arrays of its own."""
        return self.part(0, at).compact(), self.part(at, self.length).compact()

    def part(self, begin: int, end: int) -> TokenBlock:
        """Some of its tokens; keeps the memory of them all."""
        return TokenBlock(
            [None if arrays is None else _cut(arrays, begin, end) for arrays in self.layers],
            end - begin,
        )

    def compact(self) -> TokenBlock:
        """Started, in arrays that do not keep the memory of larger ones."""
        layers = [
            None if arrays is None else tuple(mx.contiguous(array) for array in arrays)
            for arrays in self.layers
        ]
        start([arrays for arrays in layers if arrays is not None])
        return TokenBlock(layers, self.length)


class RowKV:
    """What one row's caches hold, wherever they lie. Copied only when it is asked for."""

    def __init__(self, caches: Caches, index: int | None = None) -> None:
        """`index`: of the row, where the caches are those of a batch."""
        self.caches = caches
        self.index = index
        self._plain: Caches | None = caches if index is None else None

    def plain(self) -> Caches:
        """Its plain caches; not to be changed."""
        if self._plain is None:
            self._plain = extract(self.caches, self.index or 0)
        return self._plain

    def copy(self, surplus: int = 0) -> Caches:
        """Plain caches of its own, without its last tokens."""
        copied = copy_of(self.plain())
        if surplus:
            trim(copied, surplus)
        return copied

    def cut_back(self, surplus: int) -> RowKV:
        """A copy without its last tokens."""
        return RowKV(self.copy(surplus))

    def blocks(self, begin: int, end: int) -> list[TokenBlock]:
        """Of the tokens from `begin` to `end`, cut at multiples of `BLOCK_TOKENS`."""
        borders = [*range(begin - begin % BLOCK_TOKENS + BLOCK_TOKENS, end, BLOCK_TOKENS), end]
        begins = [begin, *borders[:-1]]
        return [
            self._block(first, last).compact()
            for first, last in zip(begins, borders, strict=True)
            if last > first
        ]

    def copy_states(self, blocks: Sequence[TokenBlock]) -> States | None:
        """Copies of the caches that these blocks, of all tokens so far, do not replace.

        None: they replace all.
        """
        leaves = leaves_of(self.plain())
        missing = [
            any(block.layers[place] is None for block in blocks) for place in range(len(leaves))
        ]
        if not any(missing):
            return None
        states = [
            _copy_of(leaf) if is_missing else None
            for leaf, is_missing in zip(leaves, missing, strict=True)
        ]
        start([state.state for state in states if state is not None])
        return states

    def _block(self, begin: int, end: int) -> TokenBlock:
        if isinstance(self.caches, AlignedCaches) and self.index is not None:
            return TokenBlock(self.caches.part(self.index, begin, end), end - begin)
        leaves = leaves_of(self.plain())
        return TokenBlock([_arrays(leaf, begin, end) for leaf in leaves], end - begin)


def assemble(empty: Caches, blocks: Sequence[TokenBlock], states: States | None) -> Caches:
    """The plain caches of a row with the tokens of these blocks, made of `empty` ones."""
    length = sum(block.length for block in blocks)
    for place, leaf in enumerate(leaves_of(empty)):
        state = None if states is None else states[place]
        if state is not None:
            vars(leaf).update(vars(copy.deepcopy(state)))
        else:
            _fill(leaf, [cast("Arrays", block.layers[place]) for block in blocks], length)
    return empty


def leaves_of(caches: Caches) -> list[LayerCache]:
    """The caches of a row, with those that are lists of caches laid out."""
    leaves: list[LayerCache] = []
    for cache in cast("Sequence[Any]", caches):
        held = cast("list[Any]", cache.caches) if isinstance(cache, CacheList) else None
        leaves += [cache] if held is None else leaves_of(held)
    return leaves


def states_nbytes(states: States | None) -> int:
    return sum(state.nbytes for state in states or () if state is not None)


def is_sound(block: TokenBlock) -> bool:
    """False when one of its numbers is not finite."""
    finite = [mx.all(mx.isfinite(array)) for arrays in block.layers for array in arrays or ()]
    return not finite or bool(mx.all(mx.stack(finite)).item())


def _arrays(cache: Any, begin: int, end: int) -> Arrays | None:
    """Of some tokens of a plain cache; None: it does not keep those of every token."""
    held: Any = cache
    match cache:
        case RotatingKVCache():
            keeps_all = held._idx == held.offset <= held.max_size
            return _cut((held.keys, held.values), begin, end) if keeps_all else None
        case QuantizedKVCache():
            return _cut((*held.keys, *held.values), begin, end)
        case KVCache() if type(cache) is KVCache:
            return _cut((held.keys, held.values), begin, end)
        case _:
            return None


def _fill(leaf: Any, parts: Sequence[Arrays], length: int) -> None:
    """Has an empty cache hold the tokens of these arrays."""
    grows = not isinstance(leaf, RotatingKVCache)
    arrays = [_joined(pieces, length, grows=grows) for pieces in zip(*parts, strict=True)]
    half = len(arrays) // 2
    keys, values = arrays[:half], arrays[half:]
    if isinstance(leaf, QuantizedKVCache):
        leaf.keys, leaf.values = keys, values
    else:
        leaf.keys, leaf.values = keys[0], values[0]
    leaf.offset = length
    if not grows:
        cast("Any", leaf)._idx = length


def _joined(pieces: Sequence[mx.array], length: int, *, grows: bool) -> mx.array:
    """`grows`: with room for the next token, which would have it copied again."""
    if not grows:
        return mx.concatenate(list(pieces), axis=2)
    first = pieces[0]
    rows, heads, _, size = first.shape
    room = mx.zeros((rows, heads, rounded(length + 1) - length, size), first.dtype)
    return mx.concatenate([*pieces, room], axis=2)


def _cut(arrays: Arrays, begin: int, end: int) -> Arrays:
    return tuple(array[..., begin:end, :] for array in arrays)


def _copy_of(cache: LayerCache) -> LayerCache:
    """A copy whose arrays do not keep the memory of larger ones."""
    copied = copy.deepcopy(cache)
    for name, value in vars(copied).items():
        setattr(copied, name, _compact(value))
    return copied


def _compact(value: Any) -> Any:
    if isinstance(value, mx.array):
        return mx.contiguous(value)
    if isinstance(value, (list, tuple)):
        compacted = [_compact(item) for item in cast("list[Any]", value)]
        return compacted if isinstance(value, list) else tuple(compacted)
    return value
