"""How well the two texts of each pair fit together, as a cross-encoder says."""

from __future__ import annotations

import math
from collections.abc import Sequence

import mlx.core as mx

from ...pooling import Reranked
from ..arrays import to_host
from ..forward import Forward
from ..kv_cache.layer_caches import Caches
from .logistic import logistic
from .pooled_text import PooledText

_MOST_TOKENS = 8192


class Judging:
    """Pairs of several requests share passes.

    (Nogueira and Cho, "Passage re-ranking with BERT", 2019.)
    """

    def __init__(self) -> None:
        self.most_tokens = _MOST_TOKENS
        self.splits = False

    def fresh_caches(self, forward: Forward) -> Caches:
        return forward.empty_caches()

    def start(
        self,
        forward: Forward,
        caches: Caches,
        texts: Sequence[PooledText],
        lengths: Sequence[int],
    ) -> list[mx.array]:
        """One array, float32: what the model's head says of each pair, (texts,)."""
        del caches, lengths
        judged = forward.judgements(
            [text.tokens for text in texts], [text.token_types for text in texts]
        )
        return [judged.astype(mx.float32)]

    def finish(
        self, texts: Sequence[PooledText], lengths: Sequence[int], outputs: Sequence[mx.array]
    ) -> None:
        """`outputs`: of `start`, one array (texts,)."""
        del lengths
        for text, judged in zip(texts, to_host(outputs[0]).tolist(), strict=True):
            text.broken = not math.isfinite(judged)
            text.score = 0.0 if text.broken else logistic(judged)

    def result(self, texts: Sequence[PooledText]) -> Reranked:
        return Reranked([text.score for text in texts], 0)
