"""The caches of a pass in which rows decode and parts of prompts are prefilled at once.

Every token is a row of its own, so that the weights are read once for all of them and
nothing is padded. Rows that decode keep their batch; the tokens of a prompt's part share
the caches of their text. Only attention that knows of it can be used with such caches.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import mlx.core as mx

from ...model.cuda import NextPlaces
from ...model.ragged_keys import RaggedKeys, RaggedPart
from ..arrays import integer_array
from .aligned_caches import AlignedCaches, AlignedLayer
from .layer_caches import Caches


class RaggedLayer:
    """One layer's, behind the parts of mlx-lm's cache interface that its models use."""

    def __init__(
        self, batch: Any, rows: int, texts: Sequence[tuple[Any, int]], offset: mx.array
    ) -> None:
        """`batch`: the layer's cache of so many `rows`; None: there are none. `texts`: plain
        caches, and how many tokens come behind. `offset`: (rows of the pass,): the position of
        each one's token."""
        self._batch = batch
        self.rows = rows
        self.texts = texts
        self.offset = offset

    def next_places(self) -> NextPlaces | None:
        """Room for one more token of each row of the batch; None: see `AlignedLayer`, or there is
        no aligned batch."""
        return self._batch.next_places() if isinstance(self._batch, AlignedLayer) else None

    def update_and_fetch(self, keys: mx.array, values: mx.array) -> tuple[RaggedKeys, mx.array]:
        """(rows of the pass, heads, 1, size) each."""
        parts: list[RaggedPart] = []
        if self._batch is not None:
            mask = self._batch.make_mask(1, window_size=None, return_array=True)
            own = keys[: self.rows], values[: self.rows]
            seen, seen_values = self._batch.update_and_fetch(*own)
            parts.append(RaggedPart(self.rows, seen, seen_values, mask, is_text=False))
        first = self.rows
        for cache, tokens in self.texts:
            text_keys = mx.swapaxes(keys[first : first + tokens], 0, 2)
            text_values = mx.swapaxes(values[first : first + tokens], 0, 2)
            mask = cache.make_mask(tokens, window_size=None, return_array=False)
            seen, seen_values = cache.update_and_fetch(text_keys, text_values)
            parts.append(RaggedPart(tokens, seen, seen_values, mask, is_text=True))
            first += tokens
        return RaggedKeys(parts), values

    def make_mask(self, N: int, *, window_size: int | None = None, **_: Any) -> None:  # noqa: N803
        """What rows may attend to is known to their parts; raises NotImplementedError for a window
        that is not the caches' own."""
        held = [cache for cache, _ in self.texts]
        windows = {getattr(cache, "max_size", None) for cache in held}
        if N != 1 or (window_size is not None and windows != {window_size}):
            raise NotImplementedError("a window over rows of unequal kinds")


class RaggedCaches(list[RaggedLayer]):
    """One per layer."""

    def __init__(self, batch: Caches, rows: int, texts: Sequence[tuple[Caches, int]]) -> None:
        """`batch`: of rows that decode, one token each; of a single row the plain caches, unless
        they are aligned. `texts`: plain caches of prompts, and how many tokens of each come
        next."""
        self._aligned = batch if isinstance(batch, AlignedCaches) else None
        self.rows = rows
        """That decode, the first ones of the pass."""
        alone = self._aligned is None and rows == 1
        if alone:
            texts = [(batch, rows), *texts]
        columns = [cast("Sequence[Any]", caches) for caches, _ in texts]
        layers: Sequence[Any] = [None] * len(batch) if alone else batch
        offset = _offsets(layers[0], columns, [tokens for _, tokens in texts])
        super().__init__(
            RaggedLayer(
                layer,
                0 if alone else rows,
                [
                    (caches[index], tokens)
                    for caches, (_, tokens) in zip(columns, texts, strict=True)
                ],
                offset,
            )
            for index, layer in enumerate(layers)
        )

    def advance(self) -> None:
        """Notes that the pass has run."""
        if self._aligned is not None:
            self._aligned.advance([1] * self.rows)


def _offsets(batch: Any, texts: Sequence[Sequence[Any]], tokens: Sequence[int]) -> mx.array:
    """(rows of the pass,); `batch`: of one of its layers, None where there is none."""
    places: list[int] = []
    for caches, count in zip(texts, tokens, strict=True):
        length: int = caches[0].offset
        places += range(length, length + count)
    own = integer_array(places)
    return own if batch is None else mx.concatenate([batch.offset, own])
