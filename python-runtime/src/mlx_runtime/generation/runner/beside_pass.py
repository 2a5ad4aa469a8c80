"""Decode steps whose pass also computes parts of prompts, in one lane or in several."""

from __future__ import annotations

from collections import abc
from collections.abc import Iterator

import mlx.core as mx

from ...model.adapters import Adapter, AdapterSet
from ..arrays import behind
from ..forward import Forward
from ..kv_cache import layer_caches
from ..threads import Share
from .decode_batch import DecodeBatch, TextBeside
from .decode_output import DecodeOutput


def launch_beside(
    batch: DecodeBatch,
    forward: Forward,
    adapters: AdapterSet,
    texts: abc.Sequence[TextBeside],
    shares: abc.Sequence[Share],
) -> DecodeOutput:
    """Starts the pass; the step is there once its texts are.

    What each lane computes needs of the others only the keys and values of earlier tokens of
    the same text, so that all work at once. They are handed over together: what is handed over
    first would be computed first.
    """
    first, *others = divided(texts, [share.tokens for share in shares])
    logits = batch.logits(beside=first)
    for share, part in zip(shares[1:], others, strict=True):
        if share.lane is not None and part:
            with mx.stream(share.lane), adapters.using(_adapters(part)):
                forward.prefill_ragged([(text.caches, text.tokens) for text in part])
    if len(shares) > 1:
        logits = behind(logits, [layer_caches.state(text.caches) for text in texts])
    return batch.sample(logits)


def divided(texts: abc.Sequence[TextBeside], shares: abc.Sequence[int]) -> list[list[TextBeside]]:
    """The tokens of all texts in order, so many of them for each share."""
    parts: list[list[TextBeside]] = []
    first = 0
    for share in shares:
        parts.append(list(_between(texts, first, first + share)))
        first += share
    return parts


def _between(texts: abc.Sequence[TextBeside], first: int, behind: int) -> Iterator[TextBeside]:
    """What lies between two places in the tokens of all texts."""
    for text in texts:
        length = len(text.tokens)
        begin, end = max(first, 0), min(behind, length)
        if begin < end:
            yield text.part(begin, end)
        first, behind = first - length, behind - length


def _adapters(texts: abc.Sequence[TextBeside]) -> list[Adapter | None]:
    """Of each row of a ragged pass, which a token is."""
    if len(texts) == 1:
        return [texts[0].adapter]
    return [text.adapter for text in texts for _ in text.tokens]
