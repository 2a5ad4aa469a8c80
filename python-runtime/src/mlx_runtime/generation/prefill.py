"""Reading prompts: the forward passes that only fill caches."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import mlx.core as mx

from . import caches as layer_caches
from .caches import Caches, LanguageModel
from .decode_batch import Arrivals
from .row import Row


@dataclass(frozen=True, slots=True)
class RowChunk:
    """The prompt tokens of one row to read in one pass."""

    row: Row
    tokens: Sequence[int]


@dataclass(frozen=True, slots=True)
class PrefillPass:
    """A pass that was started; `caches` hold all its rows."""

    chunks: Sequence[RowChunk]
    caches: Caches
    batched: bool

    @property
    def token_count(self) -> int:
        return sum(len(chunk.tokens) for chunk in self.chunks)

    def wait(self) -> float:
        """Blocks until the pass is computed; returns the seconds waited."""
        started = time.perf_counter()
        mx.eval(layer_caches.state(self.caches))
        return time.perf_counter() - started

    def arrivals(self) -> Arrivals:
        return Arrivals([chunk.row for chunk in self.chunks], self.caches, self.batched)


def start_prefill(model: LanguageModel, chunks: Sequence[RowChunk]) -> PrefillPass:
    """Starts one pass: a part of one row's prompt, or the rests of several prompts.

    The prompt's last token is never among them: it is the input of the row's
    first decode step, so logits are not computed here (the graph that leads
    to them is dropped unevaluated).
    """
    rows = [_own_caches(model, chunk.row) for chunk in chunks]
    if len(chunks) == 1:
        caches, batched = rows[0], False
        model(mx.array([chunks[0].tokens], mx.uint32), cache=caches)
    else:
        caches, batched = layer_caches.merge(rows), True
        _read_padded(model, caches, [chunk.tokens for chunk in chunks])
    mx.async_eval(layer_caches.state(caches))
    return PrefillPass(chunks, caches, batched)


def _own_caches(model: LanguageModel, row: Row) -> Caches:
    if row.caches is None:
        row.caches = layer_caches.empty_caches(model)
    return row.caches


def _read_padded(model: LanguageModel, caches: Caches, prompts: Sequence[Sequence[int]]) -> None:
    lengths = [len(prompt) for prompt in prompts]
    longest = max(lengths)
    padded = [[*prompt, *[0] * (longest - len(prompt))] for prompt in prompts]
    uneven = min(lengths) < longest
    if uneven:
        layer_caches.pad_right(caches, lengths)
    model(mx.array(padded, mx.uint32), cache=caches)
    if uneven:
        layer_caches.drop_padding(caches)
