"""The rows that decode together, and one forward pass over them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

import mlx.core as mx

from . import caches as layer_caches
from .arrays import start, token_array
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
    result: mx.array
    """(rows,) tokens if `chosen`, else (rows, vocabulary) float32 logits."""
    chosen: bool
    """True when the device chose all tokens, so that the next pass can start before this
    one is read."""


class DecodeBatch:
    """Rows with their caches merged; a single row keeps its plain caches."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.rows: list[Row] = []
        self._caches: Caches = []
        self._batched = False
        self._sampled: mx.array | None = None
        """Tokens of the pass in flight, not read yet, by row of `rows`."""

    def join(self, arrivals: Sequence[Arrivals]) -> None:
        """Adds rows to the batch. Their caches may still be under computation."""
        rows = [row for group in arrivals for row in group.rows]
        if not rows:
            return
        if not self.rows and len(rows) == 1 and not arrivals[0].batched:
            self._caches, self._batched = arrivals[0].caches, False
        else:
            rows = self._merge(arrivals)
        if self._sampled is not None:
            last = token_array([row.last_token for row in rows])
            self._sampled = mx.concatenate([self._sampled, last])
        self.rows.extend(rows)

    def _merge(self, arrivals: Sequence[Arrivals]) -> list[Row]:
        """Brings the caches of all arrivals into the batch; their rows in the new order."""
        batches = [(group.rows, group.caches) for group in arrivals if group.batched]
        plain = [group for group in arrivals if not group.batched]
        if plain:
            merged = layer_caches.merge([group.caches for group in plain])
            batches.insert(0, ([group.rows[0] for group in plain], merged))
        if self.rows and not self._batched:
            self._caches = layer_caches.merge([self._caches])
        for _, caches in batches:
            if self._caches:
                layer_caches.extend(self._caches, caches)
            else:
                self._caches = caches
        self._batched = True
        return [row for rows, _ in batches for row in rows]

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
            inputs = token_array([row.last_token for row in self.rows])
        logits = self._model(inputs[:, None], cache=self._caches)[:, -1, :]
        flight = self._flight(logits)
        self._sampled = flight.result if flight.chosen else None
        for row in self.rows:
            row.launched += 1
        return flight

    def _flight(self, logits: mx.array) -> Flight:
        rows = tuple(self.rows)
        peaks = mx.max(logits, axis=-1).astype(mx.float32)
        if any(row.needs_logits for row in rows):
            logits = logits.astype(mx.float32)
            start(logits, peaks)
            return Flight(rows, peaks, logits, chosen=False)
        tokens = mx.argmax(logits, axis=-1)
        start(tokens, peaks)
        return Flight(rows, peaks, tokens, chosen=True)

    def _plain(self, index: int) -> Caches:
        return layer_caches.extract(self._caches, index) if self._batched else self._caches
