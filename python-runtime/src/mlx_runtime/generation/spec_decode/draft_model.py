"""A smaller model that proposes tokens to the sequences of a larger one, in one batch.

Its caches follow the sequences' texts: they are rewound to what was kept of a draft,
and read what was said without one. (Speculative decoding as in Leviathan et al.,
"Fast inference from transformers via speculative decoding", 2023, but drafts are
accepted where they equal what the target samples: see `verify`.)
"""

from __future__ import annotations

import time
from collections import abc
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, cast

import mlx.core as mx

from ...slices import Slices
from ..arrays import integer_array
from ..forward import Forward
from ..kv_cache import layer_caches
from ..kv_cache.aligned_caches import AlignedCaches
from ..kv_cache.layer_caches import Caches, LanguageModel
from ..kv_cache.shared_prefixes import CachedTokens
from ..kv_cache.token_blocks import RowKV
from ..model_traits import ModelTraits
from ..prefix_cache.kept_prefixes import KeptPrefixes
from ..refusal import cannot_draft
from ..runner.probe import probing_model
from ..scheduling.step_cost import StepCost
from ..sequence import Sequence
from .acceptance_rate import AcceptanceRate, PendingDraft, agreement
from .draft_length import MAX_DRAFT_TOKENS
from .draft_prompts import Compute, DraftPrompts
from .draft_sampler import DraftSampler

_PRIOR = 0.7
"""Of a drafted token to be accepted, before anything is known."""
_PREFILLED_AT_ONCE = 512
"""Tokens of a new sequence that are prefilled between two steps of the target."""
_FEW = 8
"""So many tokens are computed and drafted after in one pass; more yield logits for nothing."""


@dataclass(frozen=True, slots=True)
class DraftCandidate:
    """A model that was loaded to draft. Its vocabulary is the target's, which was checked."""

    model: LanguageModel
    vocab_size: int
    context_length: int
    weight_bytes: int


def probing_draft_model(draft: DraftCandidate, vocab_size: int) -> Slices[ModelTraits]:
    """Tries out the caches; raises Refused where they cannot serve a batch and be rewound.

    `vocab_size`: of the target.
    """
    traits = yield from probing_model(Forward(draft.model), min(draft.vocab_size, vocab_size))
    if not (traits.can_roll_back and traits.mergeable and traits.prefills_together):
        raise cannot_draft()
    return traits


class DraftModel:
    """Must be used on the generation thread."""

    def __init__(
        self,
        draft: DraftCandidate,
        traits: ModelTraits,
        target_vocab_size: int,
        compute: Compute,
        kept: KeptPrefixes,
        *,
        on_device: bool,
    ) -> None:
        """`kept`: what it computed before. `on_device`: choose there, where logits are costly to
        bring to the host."""
        self._forward = Forward(draft.model)
        self._context_length = draft.context_length
        self._vocab_size = target_vocab_size
        self._on_device = on_device
        self._shares_prefixes = traits.shares_prefixes
        self._cost = StepCost(traits.step_timings)
        self._prompts = DraftPrompts(self._forward, compute, kept, draft.vocab_size - 1)
        self._rates: dict[Sequence, AcceptanceRate] = {}
        self._pending: dict[Sequence, PendingDraft] = {}
        self._sequences: list[Sequence] = []
        self._held: list[list[int]] = []
        """Tokens that the caches hold, by sequence of `_sequences`."""
        self._caches: AlignedCaches | None = None

    @property
    def num_sequences(self) -> int:
        """Sequences whose tokens it holds."""
        return len(self._sequences) + len(self._prompts)

    def not_prefilled(self, sequences: abc.Sequence[Sequence]) -> list[Sequence]:
        """Those that want drafts and whose tokens it has not computed yet."""
        return [
            sequence
            for sequence in sequences
            if sequence.request.draft_model is not None
            and sequence not in self._rates
            and self._has_room_for(sequence)
        ]

    def knows(self, sequence: Sequence) -> bool:
        """True when it can draft for the sequence at once."""
        return sequence in self._rates and self._has_room_for(sequence)

    def rate_of(self, sequence: Sequence) -> AcceptanceRate:
        return self._rates[sequence]

    def expect(self, sequence: Sequence, tokens: abc.Sequence[int]) -> None:
        """Notes what was drafted, to learn from what becomes of it."""
        start = len(sequence.output_tokens)
        self._pending[sequence] = PendingDraft(self._rates[sequence], start, tokens)

    def update(self) -> None:
        """Learns what became of the last drafts."""
        for sequence, draft in self._pending.items():
            draft.observe(sequence.output_tokens)
        self._pending.clear()

    def skip_step(self, sequences: abc.Sequence[Sequence]) -> None:
        """Takes note of a step for which it drafts nothing."""
        for sequence in sequences:
            if sequence in self._rates:
                self._rates[sequence].decay_to_prior()

    def seconds(self, count: int) -> float:
        """What drafting `count` tokens for each of its sequences is expected to take."""
        return count * self._cost.seconds(max(1, len(self._sequences)))

    def retain(self, sequences: Collection[Sequence]) -> None:
        """Forgets all other sequences."""
        self._prompts.retain(sequences)
        keep = [index for index, sequence in enumerate(self._sequences) if sequence in sequences]
        if len(keep) == len(self._sequences):
            return
        for index, sequence in enumerate(self._sequences):
            if sequence not in sequences:
                known = agreement(self._held[index], sequence.tokens())
                kv = RowKV(self._batch, index)
                self._prompts.leave(sequence, self._held[index][:known], kv)
        self._sequences = [self._sequences[index] for index in keep]
        self._held = [self._held[index] for index in keep]
        self._rates = {sequence: self._rates[sequence] for sequence in self._sequences}
        if not keep:
            self._caches = None
        elif self._caches is not None:
            self._caches.keep_rows(keep)

    def prefill(self, sequences: abc.Sequence[Sequence]) -> None:
        """Computes a part of the tokens of sequences that are new."""
        budget = _PREFILLED_AT_ONCE
        for sequence in sequences:
            if budget > 0:
                budget -= self._prefill_some(sequence, budget)

    def draft(self, counts: Mapping[Sequence, int]) -> dict[Sequence, list[int]]:
        """The next tokens of some of its sequences, at most as many as asked for."""
        started = time.perf_counter()
        chooser = DraftSampler(self._sequences, on_device=self._on_device)
        logits = self._catch_up()
        count = max(counts.values())
        for _ in range(count - 1):
            logits = self._next_logits(chooser.choose(logits)[:, None])[:, -1]
        chooser.choose(logits)
        texts = chooser.end()
        self._cost.observe(len(self._sequences), (time.perf_counter() - started) / count)
        for index, text in enumerate(texts):
            # The last one was not read, and what may not come was read for nothing.
            self._held[index] += text[: count - 1]
        drafts = zip(self._sequences, texts, strict=True)
        return {each: text[: counts[each]] for each, text in drafts if each in counts}

    def _prefill_some(self, sequence: Sequence, budget: int) -> int:
        text = sequence.tokens()[:-1]
        tokens, caches = self._prompts.compute(sequence, text, budget)
        if caches is not None:
            self._join(sequence, text, caches)
        return tokens

    def _join(self, sequence: Sequence, text: list[int], caches: Caches) -> None:
        texts = [CachedTokens(sequence.cache_key, text)] if self._shares_prefixes else None
        joining = cast("AlignedCaches", layer_caches.merge([caches], texts, self._caches))
        self._sequences.append(sequence)
        self._held.append(text)
        self._rates[sequence] = AcceptanceRate(_PRIOR)
        if self._caches is None:
            self._caches = joining
        else:
            self._caches.extend(joining)

    def _catch_up(self) -> mx.array:
        """Computes what the sequences said since; logits behind it: (sequences, vocabulary)."""
        missing: list[list[int]] = []
        for index, sequence in enumerate(self._sequences):
            text = sequence.tokens()
            length = min(agreement(self._held[index], text), len(text) - 1)
            self._held[index] = text
            missing.append(text[length:])
        caches = self._batch
        caches.roll_back(
            [len(held) - len(new) for held, new in zip(self._held, missing, strict=True)]
        )
        if max(len(tokens) for tokens in missing) > _FEW:
            self._compute(caches, [tokens[:-1] for tokens in missing])
            missing = [tokens[-1:] for tokens in missing]
        logits = self._in_vocabulary(self._compute(caches, missing))
        last = integer_array([len(tokens) - 1 for tokens in missing])
        return mx.take_along_axis(logits, last[:, None, None], axis=1)[:, 0]

    def _compute(self, caches: AlignedCaches, texts: abc.Sequence[abc.Sequence[int]]) -> mx.array:
        return self._forward.prefill(caches, [self._prompts.known(text) for text in texts])

    def _next_logits(self, tokens: mx.array) -> mx.array:
        return self._in_vocabulary(self._forward.logits(tokens, self._batch))

    @property
    def _batch(self) -> AlignedCaches:
        if self._caches is None:
            raise RuntimeError("no sequence was prefilled")
        return self._caches

    def _in_vocabulary(self, logits: mx.array) -> mx.array:
        """With as many logits as the target has: models pad their vocabularies differently."""
        missing = self._vocab_size - logits.shape[-1]
        if missing <= 0:
            return logits[..., : self._vocab_size]
        widths = cast("Any", [(0, 0), (0, 0), (0, missing)])
        return mx.pad(logits, widths, constant_values=-mx.inf)

    def _has_room_for(self, sequence: Sequence) -> bool:
        known = len(sequence.request.prompt_tokens) + len(sequence.output_tokens)
        return known + MAX_DRAFT_TOKENS < self._context_length
