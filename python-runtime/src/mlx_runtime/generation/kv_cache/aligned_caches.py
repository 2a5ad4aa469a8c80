"""Key-value caches of rows that run together, each of its own length.

Rows are aligned at the left: token t of every row lies at place t. A row takes
tokens back by becoming shorter, and none moves when another joins, leaves or
reads more. Places behind a row's end hold leftovers, which the mask hides and
the row's next tokens overwrite.

What rows begin with may be held once for all (`shared_prefixes`); places then count from
there. Only attention that knows of it can be used with such caches, and only
models that hand their keys to it untouched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import mlx.core as mx
from mlx_lm.models.cache import KVCache

from ...model.cuda import NextPlaces
from ..arrays import integer_array
from .alignment import Alignment
from .places import grown, joined, kept_rows, nbytes, stacked, with_room
from .shared_prefixes import CachedTokens, Prefix, PrefixShare, SharedPrefixes, plan_shared_prefixes


class AlignedLayer:
    """One layer's keys and values behind the parts of mlx-lm's cache interface that its models
    use. Tokens of a pass count only once `AlignedCaches.advance` says how many."""

    def __init__(
        self, alignment: Alignment, index: int, keys: mx.array | None, values: mx.array | None
    ) -> None:
        """`index`: of the layer. `keys`, `values`: (rows, heads, places, size), contiguous."""
        self._alignment = alignment
        self._index = index
        self.keys = keys
        self.values = values

    @property
    def offset(self) -> mx.array:
        """(rows,): where each row's next token stands."""
        return self._alignment.offset

    @property
    def state(self) -> tuple[mx.array | None, mx.array | None]:
        """Keys and values, (rows, heads, places, size) each; None before the first pass."""
        return self.keys, self.values

    @property
    def nbytes(self) -> int:
        return nbytes(self.keys) + nbytes(self.values)

    def size(self) -> int:
        return max(self._alignment.lengths, default=0)

    def empty(self) -> bool:
        return self.keys is None

    def is_trimmable(self) -> bool:
        return True

    def update_and_fetch(self, keys: mx.array, values: mx.array) -> tuple[mx.array, mx.array]:
        """Writes a pass's keys and values, (rows, heads, tokens, size), behind those of before.

        Returns all that the pass may attend to, (rows, heads, places, size).
        """
        seen = self._seen(keys.shape[2])
        self.keys = self._write(with_room(self.keys, keys, seen), keys)
        self.values = self._write(with_room(self.values, values, seen), values)
        keys = self._alignment.prefixes.keys(self._index, self.keys[..., :seen, :])
        return keys, self.values[..., :seen, :]

    def next_places(self) -> NextPlaces | None:
        """Room for one more token of each row, which whoever asks has to fill; None: there is
        nothing yet to put it behind, or rows hold prefixes apart."""
        alignment = self._alignment
        if self.keys is None or self.values is None or alignment.prefixes.prefixes:
            return None
        seen = self._seen(1)
        if self.keys.shape[2] < seen:
            self.keys, self.values = (grown(x, seen) for x in (self.keys, self.values))
        return NextPlaces(self.keys, self.values, alignment.offset, alignment.longest)

    def make_mask(self, N: int, *, window_size: int | None = None, **_: Any) -> mx.array:  # noqa: N803
        """Which places each of `N` tokens sees: booleans, (rows, 1, N, places).

        Raises NotImplementedError for a window over prefixes that are held apart.
        """
        mask = self._alignment.mask(N, self._seen(N))
        if window_size is None:
            return mask
        if self._alignment.prefixes.prefixes:
            raise NotImplementedError("a prefix is seen by all that follows it")
        return mask & (mx.arange(mask.shape[-1]) > self._alignment.places(N) - window_size)

    def _seen(self, width: int) -> int:
        return self._alignment.seen(width, 0 if self.keys is None else self.keys.shape[2])

    def _write(self, held: mx.array, new: mx.array) -> mx.array:
        width = new.shape[2]
        if self._alignment.even:
            held[..., self._alignment.longest : self._alignment.longest + width, :] = new
            return held
        places = mx.broadcast_to(self._alignment.places(width), new.shape)
        return mx.put_along_axis(held, places, new, axis=2)


class AlignedCaches(list[AlignedLayer]):
    """The caches of a batch, one per layer."""

    def __init__(self, alignment: Alignment, layers: Iterable[AlignedLayer]) -> None:
        super().__init__(layers)
        self._alignment = alignment

    @staticmethod
    def of(
        rows: Sequence[Sequence[Any]],
        texts: Sequence[CachedTokens] = (),
        shares: Sequence[PrefixShare] = (),
    ) -> AlignedCaches:
        """Copies of the plain caches of several rows, but for what they hold apart.

        `shares`: of rows with these texts.
        """
        prefixes = SharedPrefixes([_prefix(share, texts, rows) for share in shares], len(rows))
        alignment = Alignment([row[0].offset for row in rows], prefixes)
        layers = [
            AlignedLayer(
                alignment,
                index,
                stacked([layer.keys for layer in layers], alignment),
                stacked([layer.values for layer in layers], alignment),
            )
            for index, layers in enumerate(zip(*rows, strict=True))
        ]
        return AlignedCaches(alignment, layers)

    @property
    def lengths(self) -> Sequence[int]:
        """Tokens of each row."""
        return self._alignment.lengths

    def plan(self, texts: Sequence[CachedTokens]) -> Sequence[PrefixShare]:
        """What rows with these texts are to share when they join."""
        alignment = self._alignment
        return plan_shared_prefixes(
            texts,
            alignment.prefixes.prefixes,
            beside=len(alignment.lengths),
            longest=alignment.longest,
        )

    def advance(self, tokens: Sequence[int]) -> None:
        """Notes that a pass has run: how many of its tokens each row keeps."""
        pairs = zip(self.lengths, tokens, strict=True)
        self._alignment.change(length + new for length, new in pairs)

    def roll_back(self, lengths: Sequence[int]) -> None:
        """Has rows be as long as they were before their last tokens."""
        self._alignment.change(lengths)

    def extend(self, other: AlignedCaches) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Appends the rows of another batch."""
        alignment, theirs = self._alignment, other._alignment
        places = max(alignment.longest, theirs.longest)
        rows = len(alignment.lengths), len(theirs.lengths)
        for layer, more in zip(self, other, strict=True):
            layer.keys = joined(layer.keys, more.keys, rows, places)
            layer.values = joined(layer.values, more.values, rows, places)
        lengths = [*self.lengths, *other.lengths]
        prefixes = alignment.prefixes.with_more(theirs.prefixes.prefixes)
        alignment.prefixes.change(prefixes, len(lengths))
        alignment.change(lengths)

    def keep_rows(self, indices: Sequence[int]) -> None:
        alignment = self._alignment
        longest = max(alignment.used[index] for index in indices)
        rows = integer_array(indices)
        for layer in self:
            layer.keys = kept_rows(layer.keys, rows, longest)
            layer.values = kept_rows(layer.values, rows, longest)
        lengths = [self.lengths[index] for index in indices]
        alignment.prefixes.change(alignment.prefixes.kept(indices), len(indices))
        alignment.change(lengths)

    def part(self, index: int, begin: int, end: int) -> list[tuple[mx.array, mx.array]]:
        """Keys and values of some tokens of one row, of each layer: (1, heads, tokens, size)."""
        prefix = self._alignment.prefixes.of_row(index)
        return [
            (
                _range(layer.keys, index, begin, end, prefix and prefix.layers[number][0]),
                _range(layer.values, index, begin, end, prefix and prefix.layers[number][1]),
            )
            for number, layer in enumerate(self)
        ]

    def extract(self, index: int) -> list[Any]:
        """Plain caches of one row, copied out of the batch."""
        used = self._alignment.used[index]
        prefix = self._alignment.prefixes.of_row(index)
        return [
            _plain(
                _whole(layer.keys, index, used, prefix and prefix.layers[number][0]),
                _whole(layer.values, index, used, prefix and prefix.layers[number][1]),
                self.lengths[index],
            )
            for number, layer in enumerate(self)
        ]


def can_align(caches: Sequence[Any]) -> bool:
    """True for the caches of one row whose layers all hold keys and values of every token."""
    return len(caches) > 0 and all(type(cache) is KVCache for cache in caches)


def _prefix(
    share: PrefixShare, texts: Sequence[CachedTokens], rows: Sequence[Sequence[Any]]
) -> Prefix:
    if share.held is not None:
        return replace(share.held, rows=share.rows)
    source, length = share.rows[0], share.length
    text = CachedTokens(texts[source].namespace, texts[source].tokens[:length])
    layers = [
        (layer.keys[..., :length, :], layer.values[..., :length, :]) for layer in rows[source]
    ]
    return Prefix(text, layers, share.rows)


def _plain(keys: mx.array | None, values: mx.array | None, length: int) -> Any:
    cache: Any = KVCache()
    cache.keys = keys
    cache.values = values
    cache.offset = length
    return cache


def _whole(
    held: mx.array | None, index: int, used: int, prefix: mx.array | None
) -> mx.array | None:
    """(1, heads, tokens, size): a row's own, behind its prefix."""
    if held is None:
        return prefix
    own = held[index : index + 1, :, :used]
    return mx.contiguous(own) if prefix is None else mx.concatenate([prefix, own], axis=2)


def _range(
    held: mx.array | None, index: int, begin: int, end: int, prefix: mx.array | None
) -> mx.array:
    """(1, heads, tokens, size): some of a row's tokens; those of its prefix come first."""
    apart = 0 if prefix is None else prefix.shape[2]
    parts: list[mx.array] = []
    if prefix is not None and begin < apart:
        parts.append(prefix[:, :, begin : min(end, apart)])
    if held is not None and end > apart:
        parts.append(held[index : index + 1, :, max(begin, apart) - apart : end - apart])
    return parts[0] if len(parts) == 1 else mx.concatenate(parts, axis=2)
