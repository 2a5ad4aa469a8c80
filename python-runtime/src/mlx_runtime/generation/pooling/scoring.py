"""Log-probabilities of the tokens of a text that is given."""

from __future__ import annotations

from collections.abc import Sequence

import mlx.core as mx
import numpy as np

from ...readings import Scored, ScoredText
from ..arrays import Floats, to_host, token_array
from ..kv_cache import layer_caches
from ..kv_cache.layer_caches import Caches, LanguageModel
from ..sampling.logprobs import log_normaliser, top_logprobs
from .part import Part

_MOST_LOGIT_BYTES = 64 * 1024 * 1024
"""Of one pass, in float32: texts longer than that are read in several."""


class Scoring:
    """The last token of a text is not fed: nothing follows that it could make likely."""

    def __init__(self, model: LanguageModel, vocab_size: int, top: int) -> None:
        self._model = model
        self._top = top
        self.most_tokens = max(16, _MOST_LOGIT_BYTES // (4 * vocab_size))

    def fresh_caches(self) -> Caches:
        return layer_caches.empty_caches(self._model)

    def start(
        self, caches: Caches, parts: Sequence[Part], lengths: Sequence[int]
    ) -> list[mx.array]:
        chunks = [part.next(length) for part, length in zip(parts, lengths, strict=True)]
        logits = layer_caches.read(self._model, caches, chunks).astype(mx.float32)
        longest = max(lengths)
        targets = [
            [*part.targets(length), *[0] * (longest - length)]
            for part, length in zip(parts, lengths, strict=True)
        ]
        chosen = mx.take_along_axis(logits, token_array(targets)[..., None], axis=-1)[..., 0]
        logprobs = chosen - mx.logsumexp(logits, axis=-1)
        return [logprobs, logits] if self._top else [logprobs]

    def finish(
        self, parts: Sequence[Part], lengths: Sequence[int], outputs: Sequence[mx.array]
    ) -> None:
        logprobs = to_host(outputs[0])
        logits = to_host(outputs[1]) if self._top else None
        for row, (part, length) in enumerate(zip(parts, lengths, strict=True)):
            values = logprobs[row, :length]
            part.broken = part.broken or bool(np.isnan(values).any())
            part.logprobs.extend(values.tolist())
            if logits is not None:
                part.top.extend(self._alternatives(position) for position in logits[row, :length])

    def result(self, parts: Sequence[Part]) -> Scored:
        return Scored([ScoredText(part.logprobs, part.top) for part in parts])

    def _alternatives(self, logits: Floats):
        return top_logprobs(logits, log_normaliser(logits), self._top)
