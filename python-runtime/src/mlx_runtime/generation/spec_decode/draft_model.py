"""A smaller model that proposes tokens to the rows of a larger one, all rows in one batch.

Its caches follow the rows' texts: they are rewound to what was kept of a draft,
and read what was said without one. (Speculative decoding as in Leviathan et al.,
"Fast inference from transformers via speculative decoding", 2023, but drafts are
accepted where they equal the target's own choice: see `acceptance`.)
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import mlx.core as mx

from ..arrays import integer_array, wait
from ..kv_cache import layer_caches
from ..kv_cache.aligned_caches import AlignedCaches
from ..kv_cache.layer_caches import LanguageModel
from ..kv_cache.probe import ModelTraits, probe_model
from ..refusal import cannot_draft
from ..scheduling.step_cost import StepCost
from ..sequence import Row
from .acceptance_rate import AcceptanceRate, agreement
from .draft_length import MAX_DRAFT_TOKENS
from .draft_sampler import DraftSampler

_PRIOR = 0.7
"""Of a drafted token to hold, before anything is known."""
_READ_AT_ONCE = 512
"""Tokens of a new row that are read between two steps of the target."""
_FEW = 8
"""So many tokens are read and drafted after in one pass; more would yield logits for nothing."""


@dataclass(frozen=True, slots=True)
class DraftCandidate:
    """A model that was loaded to draft. Its vocabulary is the target's, which was checked."""

    model: LanguageModel
    vocab_size: int
    context_length: int
    weight_bytes: int


def prepare_draft_model(draft: DraftCandidate, vocab_size: int, *, on_device: bool) -> DraftModel:
    """Tries out the caches; raises Refused where they cannot serve a batch and be rewound.

    `vocab_size`: of the target. `on_device`: choose there, where logits are costly to bring
    to the host.
    """
    traits = probe_model(draft.model, min(draft.vocab_size, vocab_size))
    if not (traits.can_roll_back and traits.mergeable and traits.prefills_together):
        raise cannot_draft()
    return DraftModel(draft, traits, vocab_size, on_device=on_device)


class DraftModel:
    """Must be used on the generation thread."""

    def __init__(
        self, draft: DraftCandidate, traits: ModelTraits, vocab_size: int, *, on_device: bool
    ) -> None:
        self.footprint = traits.footprint
        self._model = draft.model
        self._context_length = draft.context_length
        self._highest = draft.vocab_size - 1
        self._vocab_size = vocab_size
        self._on_device = on_device
        self._cost = StepCost(traits.step_timings)
        self._rates: dict[Row, AcceptanceRate] = {}
        self._rows: list[Row] = []
        self._held: list[list[int]] = []
        """Tokens that the caches hold, by row of `_rows`."""
        self._caches: AlignedCaches | None = None
        self._reading: dict[Row, tuple[int, AlignedCaches]] = {}
        """Rows that are new here, and how many of their tokens were read."""

    @property
    def rows(self) -> int:
        """Rows whose text it holds."""
        return len(self._rows) + len(self._reading)

    def not_prefilled(self, rows: Sequence[Row]) -> list[Row]:
        """Those that want drafts and whose text it has not read yet."""
        return [
            row
            for row in rows
            if row.request.draft_model is not None
            and row not in self._rates
            and self._has_room_for(row)
        ]

    def knows(self, row: Row) -> bool:
        """True when it can draft for the row at once."""
        return row in self._rates and self._has_room_for(row)

    def rate_of(self, row: Row) -> AcceptanceRate:
        return self._rates[row]

    def rest(self, rows: Sequence[Row]) -> None:
        """Takes note of a step for which it drafts nothing."""
        for row in rows:
            if row in self._rates:
                self._rates[row].decay_to_prior()

    def seconds(self, count: int) -> float:
        """What drafting `count` tokens for each of its rows is expected to take."""
        return count * self._cost.seconds(max(1, len(self._rows)))

    def retain(self, rows: Collection[Row]) -> None:
        """Forgets all other rows."""
        for row in [row for row in self._reading if row not in rows]:
            del self._reading[row]
        keep = [index for index, row in enumerate(self._rows) if row in rows]
        if len(keep) == len(self._rows):
            return
        self._rows = [self._rows[index] for index in keep]
        self._held = [self._held[index] for index in keep]
        self._rates = {row: self._rates[row] for row in self._rows}
        if not keep:
            self._caches = None
        elif self._caches is not None:
            self._caches.keep_rows(keep)

    def read(self, rows: Sequence[Row]) -> None:
        """Reads a part of the texts of rows that are new."""
        budget = _READ_AT_ONCE
        for row in rows:
            if budget > 0:
                budget -= self._read_some(row, budget)

    def draft(self, counts: Mapping[Row, int]) -> dict[Row, list[int]]:
        """The next tokens of some of its rows, at most as many as asked for."""
        started = time.perf_counter()
        chooser = DraftSampler(self._rows, on_device=self._on_device)
        logits = self._catch_up()
        count = max(counts.values())
        for _ in range(count - 1):
            logits = self._forward(chooser.choose(logits)[:, None])[:, -1]
        chooser.choose(logits)
        texts = chooser.end()
        self._cost.observe(len(self._rows), (time.perf_counter() - started) / count)
        for index, text in enumerate(texts):
            # The last one was not read, and what may not come was read for nothing.
            self._held[index] += text[: count - 1]
        drafts = zip(self._rows, texts, strict=True)
        return {row: text[: counts[row]] for row, text in drafts if row in counts}

    def _read_some(self, row: Row, budget: int) -> int:
        length, caches = self._reading.get(row) or (0, self._empty())
        text = row.context()[:-1]
        part = text[length : length + budget]
        if part:
            self._read(caches, [part])
            wait(layer_caches.state(caches))
        if length + len(part) < len(text):
            self._reading[row] = (length + len(part), caches)
            return len(part)
        self._reading.pop(row, None)
        self._join(row, text, caches)
        return len(part)

    def _join(self, row: Row, text: list[int], caches: AlignedCaches) -> None:
        # Caches that hold nothing have no shape to be joined by.
        caches = caches if text else self._shaped()
        self._rows.append(row)
        self._held.append(text)
        self._rates[row] = AcceptanceRate(_PRIOR)
        if self._caches is None:
            self._caches = caches
        else:
            self._caches.extend(caches)

    def _shaped(self) -> AlignedCaches:
        caches = self._empty()
        self._read(caches, [[0]])
        caches.roll_back([0])
        return caches

    def _empty(self) -> AlignedCaches:
        return cast("AlignedCaches", layer_caches.merge([layer_caches.empty_caches(self._model)]))

    def _catch_up(self) -> mx.array:
        """Reads what the rows said since; logits behind it: (rows, vocabulary)."""
        missing: list[list[int]] = []
        for index, row in enumerate(self._rows):
            text = row.context()
            length = min(agreement(self._held[index], text), len(text) - 1)
            self._held[index] = text
            missing.append(text[length:])
        caches = self._batch
        caches.roll_back(
            [len(held) - len(new) for held, new in zip(self._held, missing, strict=True)]
        )
        if max(len(tokens) for tokens in missing) > _FEW:
            self._read(caches, [tokens[:-1] for tokens in missing])
            missing = [tokens[-1:] for tokens in missing]
        logits = self._in_vocabulary(self._read(caches, missing))
        last = integer_array([len(tokens) - 1 for tokens in missing])
        return mx.take_along_axis(logits, last[:, None, None], axis=1)[:, 0]

    def _read(self, caches: AlignedCaches, texts: Sequence[Sequence[int]]) -> mx.array:
        """Tokens that the model has no place for are read as its last one."""
        known = [[min(token, self._highest) for token in text] for text in texts]
        return layer_caches.read(self._model, caches, known)

    def _forward(self, tokens: mx.array) -> mx.array:
        return self._in_vocabulary(layer_caches.forward(self._model, tokens, self._batch))

    @property
    def _batch(self) -> AlignedCaches:
        if self._caches is None:
            raise RuntimeError("no row has been read")
        return self._caches

    def _in_vocabulary(self, logits: mx.array) -> mx.array:
        """With as many logits as the target has: models pad their vocabularies differently."""
        missing = self._vocab_size - logits.shape[-1]
        if missing <= 0:
            return logits[..., : self._vocab_size]
        widths = cast("Any", [(0, 0), (0, 0), (0, missing)])
        return mx.pad(logits, widths, constant_values=-mx.inf)

    def _has_room_for(self, row: Row) -> bool:
        known = len(row.request.prompt_tokens) + len(row.generated)
        return known + MAX_DRAFT_TOKENS < self._context_length
