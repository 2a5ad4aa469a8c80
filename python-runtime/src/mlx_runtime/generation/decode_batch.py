"""The rows that decode together, and one forward pass over them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

import mlx.core as mx

from . import caches as layer_caches
from .caches import Caches, LanguageModel
from .row import Row


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Rows that have read their prompts but for its last token."""

    rows: Sequence[Row]
    caches: Caches
    batched: bool
    """False: one row with plain caches."""


@dataclass(frozen=True, slots=True)
class Flight:
    """A forward pass that was started."""

    rows: Sequence[Row]
    peaks: mx.array
    """(rows,): the largest logit; not finite when the row's logits are broken."""
    tokens: mx.array | None
    """(rows,): the greedy choice, when it is all that the rows need."""
    logits: mx.array | None
    """(rows, vocabulary), float32, when the host has to choose."""


class DecodeBatch:
    """Rows with their caches merged; a single row keeps its plain caches."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.rows: list[Row] = []
        self._caches: Caches = []
        self._batched = False
        self._sampled: mx.array | None = None
        """Tokens of the pass in flight, not read yet, by row of `rows`."""

    def join(self, arrivals: Arrivals) -> None:
        """Adds rows to the batch. Rows that are there need not have been read."""
        if not self.rows:
            self._caches, self._batched = arrivals.caches, arrivals.batched
            self._sampled = None
        else:
            if self._sampled is not None:
                last = mx.array([row.last_token for row in arrivals.rows], mx.uint32)
                self._sampled = mx.concatenate([self._sampled, last])
            self._caches = _as_batch(self._caches, self._batched)
            layer_caches.extend(self._caches, _as_batch(arrivals.caches, arrivals.batched))
            self._batched = True
        self.rows.extend(arrivals.rows)

    def leave(self, leaving: Container[Row], keeping_caches: Container[Row] = ()) -> None:
        """Removes rows; those in `keeping_caches` take their caches with them."""
        keep = [index for index, row in enumerate(self.rows) if row not in leaving]
        if len(keep) == len(self.rows):
            return
        for index, row in enumerate(self.rows):
            if row in leaving and row in keeping_caches:
                row.caches = self._plain(index)
        self.rows = [self.rows[index] for index in keep]
        if not keep:
            self._caches, self._batched, self._sampled = [], False, None
            return
        if len(keep) == 1:
            self._caches, self._batched = self._plain(keep[0]), False
        else:
            layer_caches.keep_rows(self._caches, keep)
        if self._sampled is not None:
            self._sampled = self._sampled[mx.array(keep)]

    def launch(self) -> Flight:
        """Starts the forward pass for the next token of every row."""
        inputs = self._sampled
        if inputs is None:
            inputs = mx.array([row.last_token for row in self.rows], mx.uint32)
        logits = self._model(inputs[:, None], cache=self._caches)[:, -1, :]
        flight = self._flight(logits)
        self._sampled = flight.tokens
        for row in self.rows:
            row.launched += 1
        return flight

    def _flight(self, logits: mx.array) -> Flight:
        rows = tuple(self.rows)
        peaks = mx.max(logits, axis=-1).astype(mx.float32)
        if any(row.needs_logits for row in rows):
            logits = logits.astype(mx.float32)
            mx.async_eval(logits, peaks)
            return Flight(rows, peaks, None, logits)
        tokens = mx.argmax(logits, axis=-1)
        mx.async_eval(tokens, peaks)
        return Flight(rows, peaks, tokens, None)

    def _plain(self, index: int) -> Caches:
        return layer_caches.extract(self._caches, index) if self._batched else self._caches


def _as_batch(caches: Caches, batched: bool) -> Caches:
    return caches if batched else layer_caches.merge([caches])
