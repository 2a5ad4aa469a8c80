"""From a finished forward pass to one chosen token per row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..grammar.constraint import Bitmask
from ..requests import TopLogprob
from .arrays import Floats, to_host, to_integer_rows
from .decode_batch import Flight
from .sampling.grammar_bitmask import bitmasks_of, masked
from .sampling.host_sampler import sample
from .sampling.logprobs import log_normaliser, top_logprobs
from .sequence import Row


@dataclass(frozen=True, slots=True)
class SampledToken:
    token: int
    logprob: float | None = None
    top: tuple[TopLogprob, ...] = ()


class SampledTokens:
    """What a finished pass has to say, for one row and one of its tokens after the other.

    A row's choice behind a drafted token may be asked for only once that token
    was chosen and noted: penalties, seeds and grammars go by what came before.
    """

    def __init__(self, flight: Flight) -> None:
        """Waits for the pass."""
        self._flight = flight
        self._finite = np.isfinite(to_host(flight.max_logits)).tolist()
        self._tokens: list[list[int]] = []
        if len(flight.on_host) < len(flight.rows):
            self._tokens = to_integer_rows(flight.tokens)
        self._places = {index: place for place, index in enumerate(flight.on_host)}
        self._logits = None if flight.logits is None else to_host(flight.logits)

    def at(self, index: int, position: int) -> SampledToken | None:
        """The token behind the row's token at `position`; None: the logits are broken."""
        if not self._finite[index][position]:
            return None
        place = self._places.get(index)
        if place is None or self._logits is None:
            return SampledToken(self._tokens[index][position])
        row, logits = self._flight.rows[index], self._logits[place, position]
        return _choose(row, logits, self._mask(index, position, len(logits)))

    def _mask(self, index: int, position: int, vocabulary: int) -> Bitmask | None:
        """Of the first position it was made during the pass; of later ones it is made now."""
        if position == 0:
            return self._flight.masks.get(index)
        return bitmasks_of([self._flight.rows[index]], vocabulary).get(0)


def _choose(row: Row, logits: Floats, mask: Bitmask | None) -> SampledToken | None:
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
        return SampledToken(token)
    normaliser = log_normaliser(logits)
    top = top_logprobs(logits, normaliser, sampling.top_logprobs)
    return SampledToken(token, float(logits[token]) - normaliser, top)
