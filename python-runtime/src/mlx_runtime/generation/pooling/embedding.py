"""Vectors from hidden states: their mean over a text, or the last of them."""

from __future__ import annotations

from collections.abc import Sequence

import mlx.core as mx
import numpy as np
from numpy.typing import NDArray

from ...readings import Embedded, EmbedTexts
from ...wire import WirePooling
from ..arrays import to_host
from ..kv_cache import layer_caches
from ..kv_cache.layer_caches import Caches
from .backbone import Backbone
from .part import Part

_MOST_TOKENS = 8192


class Embedding:
    def __init__(self, backbone: Backbone, pooling: WirePooling) -> None:
        self._backbone = backbone
        self._pooling: WirePooling = pooling
        self.most_tokens = _MOST_TOKENS

    def fresh_caches(self) -> Caches:
        return self._backbone.empty_caches()

    def start(
        self, caches: Caches, parts: Sequence[Part], lengths: Sequence[int]
    ) -> list[mx.array]:
        chunks = [part.next(length) for part, length in zip(parts, lengths, strict=True)]
        states = layer_caches.read(self._backbone.states, caches, chunks)
        if self._pooling == "last":
            last = mx.array([length - 1 for length in lengths])
            return [states[mx.arange(len(parts)), last].astype(mx.float32)]
        positions = mx.arange(max(lengths))[None, :]
        inside = positions < mx.array(list(lengths))[:, None]
        # Selected, not multiplied: what stands in the padding may not be finite.
        return [mx.where(inside[..., None], states.astype(mx.float32), 0.0).sum(axis=1)]

    def finish(
        self, parts: Sequence[Part], lengths: Sequence[int], outputs: Sequence[mx.array]
    ) -> None:
        del lengths
        for part, row in zip(parts, to_host(outputs[0]), strict=True):
            values = row.astype(np.float64)
            part.broken = part.broken or not bool(np.isfinite(values).all())
            summed = self._pooling == "mean" and part.total is not None
            part.total = part.total + values if summed and part.total is not None else values

    def result(self, parts: Sequence[Part], task: EmbedTexts) -> Embedded:
        return Embedded([self._vector(part, task) for part in parts], self._pooling)

    def _vector(self, part: Part, task: EmbedTexts) -> NDArray[np.float32]:
        """Shortened first and then scaled to length 1, as Matryoshka models are trained for
        (Kusupati et al., "Matryoshka representation learning", 2022)."""
        vector = np.zeros(self._backbone.size) if part.total is None else part.total
        if self._pooling == "mean":
            vector = vector / len(part.tokens)
        vector = vector[: task.dimensions]
        length = float(np.linalg.norm(vector))
        if task.normalize and length > 0:
            vector = vector / length
        return vector.astype(np.float32)
