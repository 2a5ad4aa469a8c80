"""Which of two tokens follows a text: how rerankers of the Qwen3 kind answer."""

from __future__ import annotations

import math
from collections.abc import Sequence

import mlx.core as mx

from ...pooling import Reranked, RerankTexts
from ..arrays import to_host, token_array
from ..forward import Forward
from ..kv_cache import layer_caches
from ..kv_cache.layer_caches import Caches
from ..tokens import WORTH_SHARING, common_prefix
from .logistic import logistic
from .pooled_text import PooledText

_MOST_TOKENS = 8192
_SHORTEST_REST = 2
"""Tokens of a text that are never shared: its last one is fed alone, behind at least one."""


class Reranking:
    """The tokens that all texts begin with are read once, as a text of their own.

    (Score: the two logits' softmax; Zhang et al., "Qwen3 Embedding", 2025.)
    """

    def __init__(self, task: RerankTexts) -> None:
        self._answers = (task.yes, task.no)
        self.most_tokens = _MOST_TOKENS
        self.splits = True
        self.shared_tokens = _shared(task.texts)
        self.shared_prompt = (
            PooledText(task.texts[0][: self.shared_tokens]) if self.shared_tokens else None
        )
        self.texts = [PooledText(text[self.shared_tokens :]) for text in task.texts]

    def fresh_caches(self, forward: Forward) -> Caches:
        if self.shared_prompt is None or self.shared_prompt.caches is None:
            return forward.empty_caches()
        return layer_caches.copy_of(self.shared_prompt.caches)

    def start(
        self,
        forward: Forward,
        caches: Caches,
        texts: Sequence[PooledText],
        lengths: Sequence[int],
    ) -> list[mx.array]:
        """Logits of both answers, (texts, 2), float32; nothing before the texts' last token."""
        chunks = [text.next(length) for text, length in zip(texts, lengths, strict=True)]
        if not self._decides(texts, lengths):
            forward.prefill(caches, chunks)
            return []
        # The head is computed for the last token of each text alone.
        if max(lengths) > 1:
            forward.prefill(caches, [chunk[:-1] for chunk in chunks])
        last = token_array([chunk[-1:] for chunk in chunks])
        logits = forward.logits(last, caches)[:, -1, :]
        return [logits[:, mx.array(list(self._answers))].astype(mx.float32)]

    def finish(
        self, texts: Sequence[PooledText], lengths: Sequence[int], outputs: Sequence[mx.array]
    ) -> None:
        """`outputs`: of `start`, one array (texts, 2) or none."""
        if not self._decides(texts, lengths):
            return
        for text, (yes, no) in zip(texts, to_host(outputs[0]).tolist(), strict=True):
            text.broken = not (math.isfinite(yes) and math.isfinite(no))
            text.score = 0.0 if text.broken else logistic(yes - no)

    def result(self) -> Reranked:
        return Reranked([text.score for text in self.texts], self.shared_tokens)

    def _decides(self, texts: Sequence[PooledText], lengths: Sequence[int]) -> bool:
        return texts[0] is not self.shared_prompt and lengths[0] == texts[0].num_remaining_tokens


def _shared(texts: Sequence[Sequence[int]]) -> int:
    """Of one text alone nothing is shared."""
    first = list(texts[0])
    length = min(common_prefix(first, list(text)) for text in texts)
    length = min(length, min(map(len, texts)) - _SHORTEST_REST)
    return length if len(texts) > 1 and length >= WORTH_SHARING else 0
