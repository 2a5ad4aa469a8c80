"""The sequences that decode together: their KV caches merged, and one forward pass over them."""

from __future__ import annotations

from collections import abc
from collections.abc import Container
from dataclasses import dataclass

import mlx.core as mx

from ...model.adapters import Adapter, AdapterSet
from ...model.cpu import computing_at_once
from ..arrays import token_array
from ..forward import Forward
from ..kv_cache import layer_caches
from ..kv_cache.layer_caches import Caches
from ..kv_cache.shared_prefixes import CachedTokens
from ..kv_cache.token_blocks import RowKV
from ..sequence import Sequence
from ..steps import Drafts
from .adapter_of import adapter_of
from .batch_sampler import Sampler
from .decode_output import DecodeOutput


@dataclass(frozen=True, slots=True, eq=False)
class PrefilledGroup:
    """Sequences whose prompts are computed but for the last token, in common caches."""

    sequences: abc.Sequence[Sequence]
    caches: Caches
    batched: bool
    """False: one sequence with plain caches."""


@dataclass(frozen=True, slots=True, eq=False)
class TextBeside:
    """The next tokens of a prompt, to be computed in the pass of a decode step."""

    caches: Caches
    """Plain."""
    tokens: abc.Sequence[int]
    adapter: Adapter | None


class DecodeBatch:
    """Sequences with their caches merged; a single one keeps its plain caches."""

    def __init__(
        self,
        forward: Forward,
        adapters: AdapterSet,
        sampler: Sampler,
        *,
        shares_prefixes: bool,
    ) -> None:
        """`shares_prefixes`: what sequences begin with may be held once for all of them."""
        self._forward = forward
        self._adapters = adapters
        self._shares_prefixes = shares_prefixes
        self._sampler = sampler
        self.sequences: list[Sequence] = []
        self._caches: Caches = []
        self._batched = False
        self._sampled: mx.array | None = None
        """(sequences, 1): tokens of the step in flight, not read yet."""

    def join(self, groups: abc.Sequence[PrefilledGroup]) -> None:
        """Adds sequences to the batch. Their caches may still be under computation."""
        sequences = [sequence for group in groups for sequence in group.sequences]
        if not sequences:
            return
        if not self.sequences and len(sequences) == 1 and not groups[0].batched:
            self._caches, self._batched = groups[0].caches, False
        else:
            sequences = self._merge(groups)
        if self._sampled is not None:
            last = token_array([[sequence.last_token] for sequence in sequences])
            self._sampled = mx.concatenate([self._sampled, last])
        self.sequences.extend(sequences)
        self._sampler.change()

    def leave(
        self, leaving: Container[Sequence], keeping: Container[Sequence] = ()
    ) -> dict[Sequence, Caches]:
        """Removes sequences; returns the plain caches of those that keep them."""
        stay = [index for index, each in enumerate(self.sequences) if each not in leaving]
        if len(stay) == len(self.sequences):
            return {}
        kept = {
            sequence: self._plain(index)
            for index, sequence in enumerate(self.sequences)
            if sequence in leaving and sequence in keeping
        }
        self._keep_rows(stay)
        return kept

    def kv_of(self, sequence: Sequence) -> RowKV | None:
        """What the caches hold of one of its sequences."""
        if sequence not in self.sequences:
            return None
        index = self.sequences.index(sequence)
        return RowKV(self._caches, index if self._batched else None)

    @property
    def knows_inputs(self) -> bool:
        """True when the inputs of the next step are on the device, whoever has read them."""
        return self._sampled is not None

    def overlaps(self, drafts: Drafts) -> bool:
        """True when the step behind the next one can start before that one's tokens are known."""
        return self._sampler.overlaps(self.sequences, drafts)

    def launch(
        self,
        drafts: Drafts = (),
        beside: abc.Sequence[TextBeside] = (),
    ) -> DecodeOutput:
        """Starts the forward pass for the next token of every sequence, or several of them.

        `beside`: to be computed in the same pass; not with drafts.
        """
        rows = [adapter_of(sequence) for sequence in self.sequences]
        texts = [(text.caches, text.tokens) for text in beside]
        with self._adapters.using([*rows, *(text.adapter for text in beside for _ in text.tokens)]):
            if texts:
                with computing_at_once():
                    logits = self._forward.ragged_logits(self._inputs(()), self._caches, texts)
            else:
                shifts = [sequence.position_shift for sequence in self.sequences]
                logits = self._forward.logits(self._inputs(drafts), self._caches, shifts=shifts)
        output = self._sampler.sample(tuple(self.sequences), logits, drafts)
        self._sampled = output.tokens if output.overlaps else None
        return output

    def roll_back(self, drafts: Drafts) -> None:
        """Takes back the drafted tokens that were not accepted, once all samples are known."""
        width = 1 + max(map(len, drafts), default=0)
        before = [
            sequence.num_kv_tokens - len(draft) - 1
            for sequence, draft in zip(self.sequences, drafts, strict=True)
        ]
        for sequence in self.sequences:
            sequence.num_in_flight = 0
        lengths = [sequence.num_kv_tokens for sequence in self.sequences]
        if self._batched:
            layer_caches.roll_back(self._caches, lengths)
        else:
            layer_caches.trim(self._caches, before[0] + width - lengths[0])

    def _keep_rows(self, indices: abc.Sequence[int]) -> None:
        self.sequences = [self.sequences[index] for index in indices]
        self._sampler.change()
        if not indices:
            self._caches, self._batched, self._sampled = [], False, None
            return
        if len(indices) == 1:
            self._caches, self._batched = self._plain(indices[0]), False
        else:
            layer_caches.keep_rows(self._caches, indices)
        if self._sampled is not None:
            self._sampled = self._sampled[mx.array(list(indices))]

    def _merge(self, groups: abc.Sequence[PrefilledGroup]) -> list[Sequence]:
        """Brings the caches of all groups into the batch; their sequences in the new order."""
        plain = [(group.sequences[0], group.caches) for group in groups if not group.batched]
        if self.sequences and not self._batched:
            alone = (self.sequences[0], self._caches)
            sequences = self._merge_plain([alone, *plain], None)[1:]
        elif plain:
            sequences = self._merge_plain(plain, self._caches or None)
        else:
            sequences = []
        for group in groups:
            if group.batched:
                self._extend(group.caches)
                sequences += group.sequences
        self._batched = True
        return sequences

    def _merge_plain(
        self, plain: abc.Sequence[tuple[Sequence, Caches]], beside: Caches | None
    ) -> list[Sequence]:
        sequences = [sequence for sequence, _ in plain]
        held = None
        if self._shares_prefixes:
            held = [_cached_tokens(sequence) for sequence in sequences]
        merged = layer_caches.merge([caches for _, caches in plain], held, beside)
        if beside is None:
            self._caches = merged
        else:
            self._extend(merged)
        return sequences

    def _extend(self, caches: Caches) -> None:
        if self._caches:
            layer_caches.extend(self._caches, caches)
        else:
            self._caches = caches

    def _inputs(self, drafts: Drafts) -> mx.array:
        """(sequences, width): each one's last token and its drafted ones, padded at the end."""
        if self._sampled is not None and not drafts:
            return self._sampled
        width = 1 + max((len(draft) for draft in drafts), default=0)
        tokens = [[sequence.last_token] for sequence in self.sequences]
        for row, draft in zip(tokens, drafts, strict=bool(drafts)):
            row.extend(draft)
        return token_array([[*row, *[0] * (width - len(row))] for row in tokens])

    def _plain(self, index: int) -> Caches:
        return layer_caches.extract(self._caches, index) if self._batched else self._caches


def _cached_tokens(sequence: Sequence) -> CachedTokens:
    return CachedTokens(sequence.cache_key, sequence.key_tokens()[: sequence.num_kv_tokens])
