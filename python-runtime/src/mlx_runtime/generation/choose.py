"""From a finished forward pass to one chosen token per row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..requests import TopLogprob
from .arrays import Floats, to_host, to_integers
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
    """Waits for the pass; one choice per row, None where its logits are broken or unwanted."""
    if flight.chosen:
        tokens = to_integers(flight.result)
        finite = np.isfinite(to_host(flight.peaks)).tolist()
        return [Choice(token) if ok else None for token, ok in zip(tokens, finite, strict=True)]
    logits = to_host(flight.result)
    finite = np.isfinite(to_host(flight.peaks)).tolist()
    return [
        _choose(row, logits[index]) if finite[index] and not row.ended else None
        for index, row in enumerate(flight.rows)
    ]


def _choose(row: Row, logits: Floats) -> Choice:
    sampling = row.request.sampling
    if row.edits:
        logits = np.array(logits)
        for edit in row.edits:
            edit.apply(logits)
    token = sample(logits, sampling, row.draws.at(len(row.generated)))
    if not sampling.logprobs:
        return Choice(token)
    normaliser = log_normaliser(logits)
    top = top_logprobs(logits, normaliser, sampling.top_logprobs)
    return Choice(token, float(logits[token]) - normaliser, top)
