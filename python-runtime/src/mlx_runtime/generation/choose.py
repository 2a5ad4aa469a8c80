"""From a finished forward pass to one chosen token per row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..grammar.constraint import Words
from ..requests import TopLogprob
from .arrays import Floats, to_host, to_integers
from .decode_batch import Flight
from .host_sampler import sample
from .logprobs import log_normaliser, top_logprobs
from .masks import masked
from .row import Row


@dataclass(frozen=True, slots=True)
class Choice:
    token: int
    logprob: float | None = None
    top: tuple[TopLogprob, ...] = ()


def choose(flight: Flight) -> list[Choice | None]:
    """Waits for the pass; one choice per row, None where its logits are broken or unwanted."""
    finite = np.isfinite(to_host(flight.peaks)).tolist()
    wanted = [ok and not row.ended for ok, row in zip(finite, flight.rows, strict=True)]
    choices: list[Choice | None] = [None] * len(flight.rows)
    if len(flight.on_host) < len(flight.rows):
        tokens = to_integers(flight.tokens)
        choices = [Choice(token) if ok else None for token, ok in zip(tokens, wanted, strict=True)]
    if flight.logits is not None:
        logits = to_host(flight.logits)
        for place, index in enumerate(flight.on_host):
            row = flight.rows[index]
            mask = flight.masks.get(index)
            choices[index] = _choose(row, logits[place], mask) if wanted[index] else None
    return choices


def _choose(row: Row, logits: Floats, mask: Words | None) -> Choice | None:
    sampling = row.request.sampling
    if row.edits is not None:
        logits = np.array(logits)
        row.edits.edit().apply(logits)
    if mask is not None:
        logits = masked(logits, mask)
        if not np.isfinite(logits.max()):
            return None
    token = sample(logits, sampling, row.draws.at(len(row.generated)))
    if not sampling.logprobs:
        return Choice(token)
    normaliser = log_normaliser(logits)
    top = top_logprobs(logits, normaliser, sampling.top_logprobs)
    return Choice(token, float(logits[token]) - normaliser, top)
