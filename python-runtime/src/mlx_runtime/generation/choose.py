"""From a finished forward pass to one chosen token per row."""

from __future__ import annotations

from dataclasses import dataclass

import mlx.core as mx
import numpy as np
from numpy.typing import NDArray

from ..requests import TopLogprob
from .decode_batch import Flight
from .host_sampler import sample
from .logprobs import log_normaliser, top_logprobs
from .row import Row


@dataclass(frozen=True, slots=True)
class Choice:
    token: int
    logprob: float | None = None
    top: tuple[TopLogprob, ...] = ()


def choose(flight: Flight) -> list[Choice | None]:
    """Waits for the pass; one choice per row, None where its logits are not finite."""
    if flight.tokens is not None:
        tokens = _integers(flight.tokens)
        finite = np.isfinite(_host(flight.peaks)).tolist()
        return [Choice(token) if ok else None for token, ok in zip(tokens, finite, strict=True)]
    assert flight.logits is not None
    logits = _host(flight.logits)
    finite = np.isfinite(_host(flight.peaks)).tolist()
    return [
        _choose(row, logits[index]) if finite[index] and not row.ended else None
        for index, row in enumerate(flight.rows)
    ]


def _choose(row: Row, logits: NDArray[np.float32]) -> Choice:
    sampling = row.request.sampling
    if row.edits is not None:
        logits = row.edits.apply(logits)
    token = sample(logits, sampling, row.draws.at(len(row.generated)))
    if not sampling.logprobs:
        return Choice(token)
    normaliser = log_normaliser(logits)
    top = top_logprobs(logits, normaliser, sampling.top_logprobs)
    return Choice(token, float(logits[token]) - normaliser, top)


def _host(array: mx.array) -> NDArray[np.float32]:
    return np.asarray(array)


def _integers(array: mx.array) -> list[int]:
    values = array.tolist()
    assert isinstance(values, list)
    return [int(value) for value in values]  # pyright: ignore[reportArgumentType]
