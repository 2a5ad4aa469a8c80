"""Which of two tokens follows a text: how rerankers of the Qwen3 kind answer."""

from __future__ import annotations

import math
from collections.abc import Sequence

import mlx.core as mx

from ...readings import Judged, JudgeTexts
from ..arrays import to_host, token_array
from ..kv_cache import layer_caches
from ..kv_cache.layer_caches import Caches, LanguageModel
from ..prefix_cache.prefix_index import common_prefix
from .part import Part

_MOST_TOKENS = 8192
_WORTH_SHARING = 16
_SHORTEST_REST = 2
"""Tokens of a text that are never shared: its last one is fed alone, behind at least one."""


class Judging:
    """The tokens that all texts begin with are read once, as a part of their own.

    (Score: the two logits' softmax; Zhang et al., "Qwen3 Embedding", 2025.)
    """

    def __init__(self, model: LanguageModel, task: JudgeTexts) -> None:
        self._model = model
        self._answers = (task.yes, task.no)
        self.most_tokens = _MOST_TOKENS
        self.shared_tokens = _shared(task.texts)
        self.lead = Part(task.texts[0][: self.shared_tokens]) if self.shared_tokens else None
        self.parts = [Part(text[self.shared_tokens :]) for text in task.texts]

    def fresh_caches(self) -> Caches:
        if self.lead is None or self.lead.caches is None:
            return layer_caches.empty_caches(self._model)
        return layer_caches.copy_of(self.lead.caches)

    def start(
        self, caches: Caches, parts: Sequence[Part], lengths: Sequence[int]
    ) -> list[mx.array]:
        chunks = [part.next(length) for part, length in zip(parts, lengths, strict=True)]
        if not self._decides(parts, lengths):
            layer_caches.read(self._model, caches, chunks)
            return []
        # The head is computed for the last token of each text alone.
        if max(lengths) > 1:
            layer_caches.read(self._model, caches, [chunk[:-1] for chunk in chunks])
        last = token_array([chunk[-1:] for chunk in chunks])
        logits = self._model(last, cache=caches)[:, -1, :]
        return [logits[:, mx.array(list(self._answers))].astype(mx.float32)]

    def finish(
        self, parts: Sequence[Part], lengths: Sequence[int], outputs: Sequence[mx.array]
    ) -> None:
        if not self._decides(parts, lengths):
            return
        for part, (yes, no) in zip(parts, to_host(outputs[0]).tolist(), strict=True):
            part.broken = not (math.isfinite(yes) and math.isfinite(no))
            part.score = 0.0 if part.broken else _share(yes, no)

    def result(self) -> Judged:
        return Judged([part.score for part in self.parts], self.shared_tokens)

    def _decides(self, parts: Sequence[Part], lengths: Sequence[int]) -> bool:
        return parts[0] is not self.lead and lengths[0] == parts[0].unread


def _shared(texts: Sequence[Sequence[int]]) -> int:
    """Of one text alone nothing is shared."""
    first = list(texts[0])
    length = min(common_prefix(first, list(text)) for text in texts)
    length = min(length, min(map(len, texts)) - _SHORTEST_REST)
    return length if len(texts) > 1 and length >= _WORTH_SHARING else 0


def _share(yes: float, no: float) -> float:
    difference = no - yes
    if difference > 0:
        odds = math.exp(-difference)
        return odds / (1.0 + odds)
    return 1.0 / (1.0 + math.exp(difference))
