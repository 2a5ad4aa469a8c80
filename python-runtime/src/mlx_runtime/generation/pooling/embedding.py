"""Vectors from hidden states: their mean over a text, or the first or last of them."""

from __future__ import annotations

from collections.abc import Sequence

import mlx.core as mx
import numpy as np
from numpy.typing import NDArray

from ...pooling import Embedded, EmbedTexts, Projection
from ...wire import WirePooling
from ..arrays import to_host
from ..forward import Forward
from ..kv_cache.layer_caches import Caches
from .pooled_text import PooledText

_MOST_TOKENS = 8192


class Embedding:
    def __init__(
        self,
        size: int,
        pooling: WirePooling,
        projections: Sequence[Projection] = (),
        *,
        splits: bool = True,
    ) -> None:
        """`size`: of a hidden state; `projections`: behind the pooling; `splits`: see `Kind`."""
        self._size = size
        self._pooling: WirePooling = pooling
        self._projections = projections
        self.most_tokens = _MOST_TOKENS
        self.splits = splits

    def fresh_caches(self, forward: Forward) -> Caches:
        return forward.empty_caches()

    def start(
        self,
        forward: Forward,
        caches: Caches,
        texts: Sequence[PooledText],
        lengths: Sequence[int],
    ) -> list[mx.array]:
        """One array, float32: hidden states summed over the pass, or one of them,
        (texts, size)."""
        chunks = [text.next(length) for text, length in zip(texts, lengths, strict=True)]
        states = forward.hidden_states(caches, chunks)
        if self._pooling == "cls":
            return [states[:, 0].astype(mx.float32)]
        if self._pooling == "last":
            last = mx.array([length - 1 for length in lengths])
            return [states[mx.arange(len(texts)), last].astype(mx.float32)]
        positions = mx.arange(max(lengths))[None, :]
        inside = positions < mx.array(list(lengths))[:, None]
        # Selected, not multiplied: what stands in the padding may not be finite.
        return [mx.where(inside[..., None], states.astype(mx.float32), 0.0).sum(axis=1)]

    def finish(
        self, texts: Sequence[PooledText], lengths: Sequence[int], outputs: Sequence[mx.array]
    ) -> None:
        """`outputs`: of `start`, one array (texts, size)."""
        del lengths
        for text, row in zip(texts, to_host(outputs[0]), strict=True):
            values = row.astype(np.float64)
            text.broken = text.broken or not bool(np.isfinite(values).all())
            text.total = self._combined(text.total, values)

    def result(self, texts: Sequence[PooledText], task: EmbedTexts) -> Embedded:
        return Embedded([self._vector(text, task) for text in texts], self._pooling)

    def _combined(
        self, before: NDArray[np.float64] | None, values: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """(size,): of the passes over a text until now, and of this one."""
        if before is None or self._pooling == "last":
            return values
        return before if self._pooling == "cls" else before + values

    def _vector(self, text: PooledText, task: EmbedTexts) -> NDArray[np.float32]:
        """Shortened first and then scaled to length 1, as Matryoshka models are trained for
        (Kusupati et al., "Matryoshka representation learning", 2022)."""
        vector = np.zeros(self._size) if text.total is None else text.total
        if self._pooling == "mean":
            vector = vector / len(text.tokens)
        for projection in self._projections:
            vector = projection(vector)
        vector = vector[: task.dimensions]
        length = float(np.linalg.norm(vector))
        if task.normalize and length > 0:
            vector = vector / length
        return vector.astype(np.float32)
