"""Sampling of all rows in one kernel."""

from __future__ import annotations

from functools import cache

import mlx.core as mx

from .kernel import NUMBERS, Kernel


def sample_rows(logits: mx.array, settings: mx.array) -> tuple[mx.array, mx.array]:
    """Tokens (rows,) and the largest logits (rows,), float32 and NaN where a row holds one.

    logits: (rows, vocabulary). settings: (rows, 5), float32: 1 / temperature or 0 for the most
    likely token, top-k or 0, top-p, the logarithm of min-p, and a uniform draw.
    """
    rows, vocabulary = logits.shape
    tokens, max_logits = _kernel(NUMBERS[logits.dtype])(
        [logits, settings],
        [((rows,), mx.uint32), ((rows,), mx.float32)],
        [vocabulary],
        (rows, 1, 1),
    )
    return tokens, max_logits


def prepare_sampler() -> None:
    """Compiles what samples from float32 logits, where that has not been done before."""
    _kernel(NUMBERS[mx.float32])


@cache
def _kernel(number: int) -> Kernel:
    return Kernel("sample.cu", "sample_rows", 512, {"NUMBER": number})
