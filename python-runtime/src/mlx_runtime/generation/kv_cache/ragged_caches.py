"""The caches of a pass in which rows decode and parts of prompts are prefilled at once.

Every token is a row of its own, so that the weights are read once for all of them and
nothing is padded. Rows that decode keep their batch; the tokens of a prompt's part share
the caches of their text. Only attention that knows of it can be used with such caches.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import mlx.core as mx
from mlx_lm.models.cache import KVCache

from ...model.cpu import RaggedKeys, RaggedPart
from ..arrays import integer_array
from .aligned_caches import AlignedCaches, AlignedLayer
from .layer_caches import Caches


class RaggedLayer:
    """One layer's, behind the parts of mlx-lm's cache interface that its models use."""

    def __init__(
        self,
        batch: AlignedLayer | None,
        rows: int,
        texts: Sequence[tuple[KVCache, int]],
        offset: mx.array,
    ) -> None:
        """`rows`: of the batch. `texts`: caches of texts, and how many tokens come behind.
        `offset`: (rows of the pass,): the position of each one's token."""
        self._batch = batch
        self._rows = rows
        self._texts = texts
        self.offset = offset

    def update_and_fetch(self, keys: mx.array, values: mx.array) -> tuple[RaggedKeys, mx.array]:
        """(rows of the pass, heads, 1, size) each."""
        parts: list[RaggedPart] = []
        if self._batch is not None:
            mask = self._batch.make_mask(1)
            own = keys[: self._rows], values[: self._rows]
            seen, seen_values = self._batch.update_and_fetch(*own)
            parts.append(RaggedPart(self._rows, seen, seen_values, mask, is_text=False))
        first = self._rows
        for cache, tokens in self._texts:
            text_keys = mx.swapaxes(keys[first : first + tokens], 0, 2)
            text_values = mx.swapaxes(values[first : first + tokens], 0, 2)
            seen, seen_values = cast("Any", cache).update_and_fetch(text_keys, text_values)
            parts.append(RaggedPart(tokens, seen, seen_values, None, is_text=True))
            first += tokens
        return RaggedKeys(parts), values

    def make_mask(self, N: int, *, window_size: int | None = None, **_: Any) -> None:  # noqa: N803
        """What rows may look at is known to their parts."""
        if N != 1 or window_size is not None:
            raise NotImplementedError("a window over rows of unequal kinds")


class RaggedCaches(list[RaggedLayer]):
    """One per layer."""

    def __init__(self, batch: Caches, rows: int, texts: Sequence[tuple[Caches, int]]) -> None:
        """`batch`: of rows that decode, one token each: aligned caches, or the plain ones of a
        single row. `texts`: plain caches of prompts, and how many tokens of each come next."""
        self._aligned = batch if isinstance(batch, AlignedCaches) else None
        self._rows = rows
        if self._aligned is None:
            texts = [(batch, rows), *texts]
        offset = _offsets(self._aligned, texts)
        columns = [cast("Sequence[KVCache]", caches) for caches, _ in texts]
        super().__init__(
            RaggedLayer(
                None if self._aligned is None else self._aligned[layer],
                0 if self._aligned is None else rows,
                [
                    (caches[layer], tokens)
                    for caches, (_, tokens) in zip(columns, texts, strict=True)
                ],
                offset,
            )
            for layer in range(len(batch))
        )

    def advance(self) -> None:
        """Notes that the pass has run."""
        if self._aligned is not None:
            self._aligned.advance([1] * self._rows)


def _offsets(aligned: AlignedCaches | None, texts: Sequence[tuple[Caches, int]]) -> mx.array:
    places = [] if aligned is None else list(aligned.lengths)
    for caches, tokens in texts:
        length: int = cast("Any", caches)[0].offset
        places += range(length, length + tokens)
    return integer_array(places)
