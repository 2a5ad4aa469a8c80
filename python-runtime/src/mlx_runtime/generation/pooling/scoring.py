"""Log-probabilities of the tokens of a text that is given."""

from __future__ import annotations

from collections.abc import Sequence

import mlx.core as mx
import numpy as np

from ...pooling import Scored, ScoredText
from ..arrays import to_host, token_array
from ..forward import Forward
from ..kv_cache.layer_caches import Caches
from ..sampling.logprobs import log_normaliser, log_normalisers, top_logprobs
from .pooled_text import PooledText

_MOST_LOGIT_BYTES = 64 * 1024 * 1024
"""Of one pass, in float32: texts longer than that are read in several."""


class Scoring:
    """The last token of a text is not fed: nothing follows that it could make likely."""

    def __init__(self, vocab_size: int, top: int) -> None:
        self._top = top
        self.splits = True
        self.most_tokens = max(16, _MOST_LOGIT_BYTES // (4 * vocab_size))

    def fresh_caches(self, forward: Forward) -> Caches:
        return forward.empty_caches()

    def start(
        self,
        forward: Forward,
        caches: Caches,
        texts: Sequence[PooledText],
        lengths: Sequence[int],
    ) -> list[mx.array]:
        """Log-probabilities of the texts' tokens, (texts, longest), float32.

        Where the likeliest tokens are asked for: their logits, and all logits,
        (texts, longest, vocabulary).
        """
        chunks = [text.next(length) for text, length in zip(texts, lengths, strict=True)]
        logits = forward.prefill(caches, chunks).astype(mx.float32)
        longest = max(lengths)
        targets = [
            [*text.targets(length), *[0] * (longest - length)]
            for text, length in zip(texts, lengths, strict=True)
        ]
        chosen = mx.take_along_axis(logits, token_array(targets)[..., None], axis=-1)[..., 0]
        if self._top:
            return [chosen, logits]
        return [chosen - log_normalisers(logits)]

    def finish(
        self, texts: Sequence[PooledText], lengths: Sequence[int], outputs: Sequence[mx.array]
    ) -> None:
        """`outputs`: of `start`, (texts, longest) first."""
        chosen = to_host(outputs[0])
        logits = to_host(outputs[1]) if self._top else None
        for row, (text, length) in enumerate(zip(texts, lengths, strict=True)):
            values: list[float] = chosen[row, :length].tolist()
            if logits is not None:
                # One normaliser, so that the likeliest token is as likely in both.
                normalisers = [log_normaliser(position) for position in logits[row, :length]]
                values = [value - each for value, each in zip(values, normalisers, strict=True)]
                text.top.extend(
                    top_logprobs(position, normaliser, self._top)
                    for position, normaliser in zip(logits[row, :length], normalisers, strict=True)
                )
            text.broken = text.broken or bool(np.isnan(values).any())
            text.logprobs.extend(values)

    def result(self, texts: Sequence[PooledText]) -> Scored:
        return Scored([ScoredText(text.logprobs, text.top) for text in texts])
