"""The KV caches of mlx-lm's models, one per layer.

A model keeps one cache per layer. A row of its own has plain caches; rows that
run together share batched ones, made by `merge`: our own aligned ones where
every layer keeps all keys and values, else mlx-lm's.
"""

from __future__ import annotations

import copy
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeAlias, cast

import mlx.core as mx
from mlx_lm.models.cache import KVCache

from .aligned_caches import AlignedCaches, can_align
from .alignment import rounded
from .shared_prefixes import CachedTokens, plan_shared_prefixes


class LayerCache(Protocol):
    """What we use of mlx-lm's plain and batched caches."""

    @property
    def state(self) -> Any: ...
    @property
    def nbytes(self) -> int: ...
    def is_trimmable(self) -> bool: ...
    def trim(self, n: int) -> int: ...
    def merge(self, caches: Sequence[LayerCache]) -> LayerCache: ...
    def extend(self, other: LayerCache) -> None: ...
    def filter(self, batch_indices: Sequence[int]) -> None: ...
    def extract(self, idx: int) -> LayerCache: ...
    def prepare(self, *, lengths: Sequence[int], right_padding: Sequence[int]) -> None: ...
    def finalize(self) -> None: ...


Caches: TypeAlias = Sequence[LayerCache] | AlignedCaches


class LanguageModel(Protocol):
    """An mlx-lm model: token ids (rows, tokens) to logits (rows, tokens, vocabulary)."""

    def __call__(self, inputs: mx.array, cache: Caches, **given: Any) -> mx.array:
        """(rows, tokens) to (rows, tokens, vocabulary). `given`: for models that see images."""
        ...


def merge(
    rows: Sequence[Caches],
    texts: Sequence[CachedTokens] | None = None,
    beside: Caches | None = None,
) -> Caches:
    """One batched cache per layer from the plain caches of several rows.

    `texts`: what the rows have read, for models whose rows may hold prefixes apart.
    `beside`: the batch that they are to extend.
    """
    if all(can_align(row) for row in rows):
        if texts is None:
            return AlignedCaches.of(rows)
        joined = isinstance(beside, AlignedCaches)
        shares = beside.plan(texts) if joined else plan_shared_prefixes(texts)
        return AlignedCaches.of(rows, texts, shares)
    plain = cast("Sequence[Sequence[LayerCache]]", rows)
    return [layers[0].merge(layers) for layers in zip(*plain, strict=True)]


def extend(caches: Caches, others: Caches) -> None:
    """Appends the rows of one batch to another, in place."""
    if isinstance(caches, AlignedCaches):
        caches.extend(cast("AlignedCaches", others))
        return
    for cache, other in zip(caches, others, strict=True):
        cache.extend(cast("LayerCache", other))


def keep_rows(caches: Caches, indices: Sequence[int]) -> None:
    """Reduces a batch to some of its rows, in place."""
    if isinstance(caches, AlignedCaches):
        caches.keep_rows(indices)
        return
    for cache in caches:
        cache.filter(indices)


def extract(caches: Caches, index: int) -> Caches:
    """Plain caches of one row of a batch, copied out of it."""
    if isinstance(caches, AlignedCaches):
        return caches.extract(index)
    return [cache.extract(index) for cache in caches]


@contextmanager
def room_for(caches: Caches, tokens: int) -> Generator[None]:
    """Lets a row's plain caches that grow meanwhile grow to this many tokens at once.

    They copy all that they hold whenever they grow.
    """
    growing: list[Any] = [cache for cache in caches if isinstance(cast("object", cache), KVCache)]
    for cache in growing:
        cache.step = max(KVCache.step, rounded(tokens - cache.offset))
    yield
    for cache in growing:
        cache.step = KVCache.step


def float32_places(caches: Caches) -> int:
    """Tokens that a row's plain caches hold, where they keep all of them and in that type; else
    0."""
    first = None if isinstance(caches, AlignedCaches) else cast("Any", caches[0])
    if first is None or first.__class__ is not KVCache:
        return 0
    kept = first.keys is not None and first.keys.dtype == mx.float32
    return first.offset if kept else 0


def state(caches: Caches) -> list[Any]:
    """The arrays to evaluate so that everything read so far is computed."""
    return [cache.state for cache in caches]


def nbytes(caches: Caches) -> int:
    return sum(cache.nbytes for cache in caches)


def are_aligned(caches: Caches) -> bool:
    """True for a batch whose rows may read unequal numbers of tokens in any pass."""
    return isinstance(caches, AlignedCaches)


def can_merge(caches: Caches) -> bool:
    """True when rows with such caches can at all run in a batch."""
    return all(hasattr(cache, "merge") for cache in caches)


def copy_of(caches: Caches) -> Caches:
    """Independent caches with the same content; arrays are shared until one side writes."""
    return copy.deepcopy(caches)


def can_trim(caches: Caches) -> bool:
    """True when the last tokens read can be taken back."""
    return all(cache.is_trimmable() for cache in caches)


def trim(caches: Caches, tokens: int) -> None:
    """Takes back the last `tokens` tokens of a row's plain caches, in place; needs `can_trim`."""
    for cache in cast("Sequence[LayerCache]", caches):
        cache.trim(tokens)


def roll_back(caches: Caches, lengths: Sequence[int]) -> None:
    """Cuts each row of a batch back to a length; needs `can_roll_back`."""
    cast("AlignedCaches", caches).roll_back(lengths)


def can_roll_back(caches: Caches) -> bool:
    """True when any row with such caches can take back any of its tokens, also in a batch."""
    return isinstance(caches, AlignedCaches) or can_align(caches)


def needs_checkpoints(caches: Caches) -> bool:
    """True when a long prompt leaves a state that cannot be cut back to a prefix."""
    return not can_trim(caches) or any(hasattr(cache, "max_size") for cache in caches)
