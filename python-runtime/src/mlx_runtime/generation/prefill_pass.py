"""Reading prompts: the forward passes that only fill caches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .arrays import start, wait
from .decode_batch import Arrivals
from .kv_cache import layer_caches
from .kv_cache.layer_caches import Caches, LanguageModel
from .sequence import Row
from .threads import Threads


@dataclass(frozen=True, slots=True)
class PrefillPass:
    """A pass that was started; `caches` hold all its rows."""

    rows: Sequence[Row]
    lengths: Sequence[int]
    caches: Caches
    batched: bool

    def wait(self) -> None:
        wait(layer_caches.state(self.caches))

    def caches_of(self, index: int) -> Caches:
        """Plain caches of one row; to be copied where the row itself goes on with them."""
        return layer_caches.extract(self.caches, index) if self.batched else self.caches

    def arrivals(self) -> Arrivals:
        return Arrivals(self.rows, self.caches, self.batched)


def start_prefill(
    model: LanguageModel,
    rows: Sequence[Row],
    lengths: Sequence[int],
    threads: Threads,
    *,
    shares_prefixes: bool,
) -> PrefillPass:
    """Starts one pass: a part of one row's prompt, or the whole rests of several rows'.

    The prompt's last token is never among them: it is the input of the row's
    first decode step, so logits are not computed here (the graph that leads
    to them is dropped unevaluated).

    `shares_prefixes`: what rows have in common may be held once for all of them.
    """
    chunks = [
        row.context()[row.read : row.read + length]
        for row, length in zip(rows, lengths, strict=True)
    ]
    own = [_own_caches(model, row) for row in rows]
    batched = len(rows) > 1
    texts = [row.text(row.read) for row in rows] if shares_prefixes else None
    caches = layer_caches.merge(own, texts) if batched else own[0]
    threads.read(model, caches, chunks)
    for row, length in zip(rows, lengths, strict=True):
        row.reading_until = row.read + length
    start(layer_caches.state(caches))
    return PrefillPass(rows, lengths, caches, batched)


def _own_caches(model: LanguageModel, row: Row) -> Caches:
    if row.caches is None:
        row.caches = layer_caches.empty_caches(model)
    return row.caches
