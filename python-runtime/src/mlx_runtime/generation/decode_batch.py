"""The rows that decode together, and one forward pass over them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

import mlx.core as mx

from .arrays import start, token_array
from .kv_cache import layer_caches
from .kv_cache.layer_caches import Caches, LanguageModel
from .sampling.device_sampler import DeviceSampler, update_on_device
from .sampling.grammar_bitmask import Bitmasks, bitmasks_of, masked_on_device
from .sampling.logits_processors import LogitsProcessor
from .sequence import Row
from .spec_decode.proposer import Drafts


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Rows that have read their prompts but for its last token."""

    rows: Sequence[Row]
    caches: Caches
    batched: bool
    """False: one row with plain caches."""


@dataclass(frozen=True, slots=True)
class Flight:
    """A forward pass that was started: of one token per row, or of more where some were drafted.

    Behind each token of a row stands a choice of the one to follow. The first
    one counts; each later one counts if the drafted token before it was chosen.
    """

    rows: Sequence[Row]
    drafts: Drafts
    """Drafted tokens by row; no rows where nothing was drafted."""
    max_logits: mx.array
    """(rows, width): the largest logit; not finite when the row's logits are broken."""
    tokens: mx.array
    """(rows, width): the device's choices; without a meaning for the rows in `on_host`."""
    on_host: Sequence[int]
    """Indices of the rows whose tokens the host has to choose."""
    logits: mx.array | None
    """(len(on_host), width, vocabulary), float32."""
    masks: Bitmasks
    """What may come first in the rows that have a grammar."""
    overlaps: bool
    """True when the next pass can start before this one is read."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What follows from the settings of a batch's rows."""

    on_host: Sequence[int]
    edited: Sequence[tuple[int, LogitsProcessor]]
    """Rows whose logits the device edits before it samples."""
    constrained: bool
    """True when a row has a grammar."""

    @property
    def overlaps(self) -> bool:
        # Edits and masks depend on the token before, which has to be known here.
        return not self.on_host and not self.edited and not self.constrained

    @staticmethod
    def of(rows: Sequence[Row], samples_on_device: bool, drafted: bool) -> _Plan:
        constrained = any(row.constraint is not None for row in rows)
        if not samples_on_device:
            on_host = [
                index for index, row in enumerate(rows) if row.needs_logits or not row.is_greedy
            ]
            return _Plan(on_host, (), constrained)
        if drafted:
            # What changes a row's later logits follows from the tokens chosen before.
            on_host = [index for index, row in enumerate(rows) if row.needs_logits]
            return _Plan(on_host, (), constrained)
        on_host = [index for index, row in enumerate(rows) if row.request.sampling.logprobs]
        edited = [
            (index, row.edits)
            for index, row in enumerate(rows)
            if row.edits is not None and index not in on_host
        ]
        return _Plan(on_host, edited, constrained)


class DecodeBatch:
    """Rows with their caches merged; a single row keeps its plain caches."""

    def __init__(
        self, model: LanguageModel, *, samples_on_device: bool, shares_prefixes: bool
    ) -> None:
        """`samples_on_device`: worth it where logits are costly to bring to the host.
        `shares_prefixes`: what rows begin with may be held apart.
        """
        self._model = model
        self._shares_prefixes = shares_prefixes
        self._samples_on_device = samples_on_device
        # What follows from the rows' settings, until the rows change.
        self._sampler: DeviceSampler | None = None
        self._plan: _Plan | None = None
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
            last = token_array([[row.last_token] for row in rows])
            self._sampled = mx.concatenate([self._sampled, last])
        self.rows.extend(rows)
        self._sampler = self._plan = None

    def _merge(self, arrivals: Sequence[Arrivals]) -> list[Row]:
        """Brings the caches of all arrivals into the batch; their rows in the new order."""
        plain = [(group.rows[0], group.caches) for group in arrivals if not group.batched]
        if self.rows and not self._batched:
            rows = self._merge_plain([(self.rows[0], self._caches), *plain], None)[1:]
        elif plain:
            rows = self._merge_plain(plain, self._caches or None)
        else:
            rows = []
        for group in arrivals:
            if group.batched:
                self._extend(group.caches)
                rows += group.rows
        self._batched = True
        return rows

    def _merge_plain(self, plain: Sequence[tuple[Row, Caches]], beside: Caches | None) -> list[Row]:
        rows = [row for row, _ in plain]
        texts = [row.text(row.fed) for row in rows] if self._shares_prefixes else None
        merged = layer_caches.merge([caches for _, caches in plain], texts, beside)
        if beside is None:
            self._caches = merged
        else:
            self._extend(merged)
        return rows

    def _extend(self, caches: Caches) -> None:
        if self._caches:
            layer_caches.extend(self._caches, caches)
        else:
            self._caches = caches

    def leave(self, leaving: Container[Row], keeping_caches: Container[Row] = ()) -> None:
        """Removes rows; those in `keeping_caches` take their caches with them."""
        keep = [index for index, row in enumerate(self.rows) if row not in leaving]
        if len(keep) == len(self.rows):
            return
        for index, row in enumerate(self.rows):
            if row in leaving and row in keeping_caches:
                row.caches = self._plain(index)
        self.rows = [self.rows[index] for index in keep]
        self._sampler = self._plan = None
        if not keep:
            self._caches, self._batched, self._sampled = [], False, None
            return
        if len(keep) == 1:
            self._caches, self._batched = self._plain(keep[0]), False
        else:
            layer_caches.keep_rows(self._caches, keep)
        if self._sampled is not None:
            self._sampled = self._sampled[mx.array(keep)]

    def launch(self, drafts: Drafts = ()) -> Flight:
        """Starts the forward pass for the next token of every row, or for several of them.

        With drafts, nothing else may be in flight, and `settle` has to follow.
        """
        logits = layer_caches.forward(self._model, self._inputs(drafts), self._caches)
        flight = self._choose(logits, drafts)
        self._sampled = flight.tokens if flight.overlaps else None
        for index, row in enumerate(self.rows):
            row.launched += 1 + (len(drafts[index]) if drafts else 0)
        return flight

    def settle(self, flight: Flight) -> None:
        """Takes back the drafted tokens that were not chosen, once all choices are known."""
        width = flight.max_logits.shape[1]
        before = [
            row.fed - len(draft) - 1 for row, draft in zip(flight.rows, flight.drafts, strict=True)
        ]
        for row in flight.rows:
            row.launched = len(row.generated)
        if self._batched:
            layer_caches.roll_back(self._caches, [row.fed for row in flight.rows])
        else:
            layer_caches.trim(self._caches, before[0] + width - flight.rows[0].fed)

    def _inputs(self, drafts: Drafts) -> mx.array:
        """(rows, width): each row's last token and what was drafted, padded at the end."""
        if self._sampled is not None and not drafts:
            return self._sampled
        width = 1 + max((len(draft) for draft in drafts), default=0)
        tokens = [[row.last_token] for row in self.rows]
        for row, draft in zip(tokens, drafts, strict=bool(drafts)):
            row.extend(draft)
        return token_array([[*row, *[0] * (width - len(row))] for row in tokens])

    def _choose(self, logits: mx.array, drafts: Drafts) -> Flight:
        """Has the device choose for the rows that it can serve; the others go to the host."""
        rows = tuple(self.rows)
        plan = self._plan_for(drafts)
        max_logits = mx.max(logits, axis=-1).astype(mx.float32)
        if len(plan.on_host) == len(rows):
            logits = logits.astype(mx.float32)
            start([max_logits, logits])
            masks = bitmasks_of(rows, logits.shape[-1])
            return Flight(
                rows, drafts, max_logits, max_logits, plan.on_host, logits, masks, overlaps=False
            )
        masks: Bitmasks = {}
        if plan.constrained:
            start([max_logits, logits])
            masks = bitmasks_of(rows, logits.shape[-1])
        tokens = self._sample(logits, plan, {} if drafts else masks)
        there = None
        if plan.on_host:
            there = logits[mx.array(list(plan.on_host))].astype(mx.float32)
        start([max_logits, tokens] if there is None else [max_logits, tokens, there])
        overlaps = plan.overlaps and not drafts
        return Flight(
            rows, drafts, max_logits, tokens, plan.on_host, there, masks, overlaps=overlaps
        )

    def _plan_for(self, drafts: Drafts) -> _Plan:
        if drafts:
            return _Plan.of(self.rows, self._samples_on_device, drafted=True)
        if self._plan is None:
            self._plan = _Plan.of(self.rows, self._samples_on_device, drafted=False)
        return self._plan

    def _sample(self, logits: mx.array, plan: _Plan, masks: Bitmasks) -> mx.array:
        """Tokens (rows, width) from logits (rows, width, vocabulary)."""
        if not self._samples_on_device:
            return mx.argmax(logits, axis=-1)
        rows, width, vocabulary = logits.shape
        logits = mx.flatten(logits.astype(mx.float32), 0, 1)
        if plan.edited:
            edits = [(index, edits.edit()) for index, edits in plan.edited]
            logits = update_on_device(logits, edits)
        if masks:
            logits = masked_on_device(logits, masks)
        draws = [row.draws.at(row.launched + place) for row in self.rows for place in range(width)]
        tokens = self._sampler_for(width, vocabulary)(logits, draws)
        return mx.unflatten(tokens, 0, (rows, width))

    def _sampler_for(self, width: int, vocabulary: int) -> DeviceSampler:
        if width > 1:
            settings = [row.request.sampling for row in self.rows for _ in range(width)]
            return DeviceSampler(settings, vocabulary)
        if self._sampler is None:
            self._sampler = DeviceSampler([row.request.sampling for row in self.rows], vocabulary)
        return self._sampler

    def _plain(self, index: int) -> Caches:
        return layer_caches.extract(self._caches, index) if self._batched else self._caches
