"""Samples from the logits of a decode step: on the device where it can, else on the host."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass
from typing import Protocol

import mlx.core as mx

from ..arrays import start
from ..sampling.device_sampler import DeviceSampler, update_on_device
from ..sampling.grammar_bitmask import Bitmasks, bitmasks_of, masked_on_device
from ..sampling.logits_processors import LogitsProcessor
from ..sequence import Sequence
from ..steps import Drafts
from .decode_output import DecodeOutput


@dataclass(frozen=True, slots=True)
class _Division:
    """Who samples for whom, as it follows from the settings of a batch's sequences."""

    on_host: abc.Sequence[int]
    processed: abc.Sequence[tuple[int, LogitsProcessor]]
    """Sequences whose logits the device changes before it samples."""
    constrained: bool
    """True when one has a grammar."""

    @property
    def overlaps(self) -> bool:
        # Penalties and bitmasks depend on the token before, which has to be known here.
        return not self.on_host and not self.processed and not self.constrained

    @staticmethod
    def of(sequences: abc.Sequence[Sequence], *, on_device: bool, drafted: bool) -> _Division:
        constrained = any(sequence.constraint is not None for sequence in sequences)
        if not on_device or drafted:
            # What changes later logits follows from the tokens sampled before.
            on_host = [
                index
                for index, sequence in enumerate(sequences)
                if sequence.needs_logits or not (on_device or sequence.is_greedy)
            ]
            return _Division(on_host, (), constrained)
        on_host = [i for i, each in enumerate(sequences) if each.request.sampling.logprobs]
        processed = [
            (index, sequence.logits_processor)
            for index, sequence in enumerate(sequences)
            if sequence.logits_processor is not None and index not in on_host
        ]
        return _Division(on_host, processed, constrained)


class Sampler(Protocol):
    """Says which tokens follow, given the logits of a step."""

    def change(self) -> None:
        """The batch has other sequences now."""
        ...

    def overlaps(self, sequences: abc.Sequence[Sequence], drafts: Drafts) -> bool:
        """True when the next step can start before the tokens of this one are known here."""
        ...

    def sample(
        self, sequences: abc.Sequence[Sequence], logits: mx.array, drafts: Drafts
    ) -> DecodeOutput:
        """`logits`: (sequences, width, vocabulary)."""
        ...


class BatchSampler:
    """What follows from the settings of the sequences is kept until `change`."""

    def __init__(self, *, on_device: bool) -> None:
        self._on_device = on_device
        self._sampler: DeviceSampler | None = None
        self._division: _Division | None = None

    def change(self) -> None:
        """The batch has other sequences now."""
        self._sampler = self._division = None

    def overlaps(self, sequences: abc.Sequence[Sequence], drafts: Drafts) -> bool:
        """True when the next step can start before the tokens of this one are known here."""
        return not drafts and self._division_of(sequences, drafts).overlaps

    def sample(
        self, sequences: abc.Sequence[Sequence], logits: mx.array, drafts: Drafts
    ) -> DecodeOutput:
        """Has the device sample for the sequences that it can serve; the others go to the host.

        `logits`: (sequences, width, vocabulary).
        """
        division = self._division_of(sequences, drafts)
        if len(division.on_host) == len(sequences):
            max_logits, logits = _max_logits(logits), logits.astype(mx.float32)
            start([max_logits, logits])
            bitmasks = _bitmasks(sequences, logits)
            return DecodeOutput(sequences, max_logits, None, division.on_host, logits, bitmasks)
        bitmasks: Bitmasks = {}
        if division.constrained:
            start([logits])
            bitmasks = _bitmasks(sequences, logits)
        tokens, max_logits = self._tokens(sequences, logits, division, {} if drafts else bitmasks)
        there = None
        if division.on_host:
            there = logits[mx.array(list(division.on_host))].astype(mx.float32)
        start([max_logits, tokens] if there is None else [max_logits, tokens, there])
        overlaps = self.overlaps(sequences, drafts)
        return DecodeOutput(
            sequences, max_logits, tokens, division.on_host, there, bitmasks, overlaps
        )

    def _division_of(self, sequences: abc.Sequence[Sequence], drafts: Drafts) -> _Division:
        if drafts:
            return _Division.of(sequences, on_device=self._on_device, drafted=True)
        if self._division is None:
            self._division = _Division.of(sequences, on_device=self._on_device, drafted=False)
        return self._division

    def _tokens(
        self,
        sequences: abc.Sequence[Sequence],
        logits: mx.array,
        division: _Division,
        bitmasks: Bitmasks,
    ) -> tuple[mx.array, mx.array]:
        """Tokens and largest logits, each (sequences, width).

        `logits`: (sequences, width, vocabulary).
        """
        if not self._on_device:
            return mx.argmax(logits, axis=-1), _max_logits(logits)
        rows, width, vocabulary = logits.shape
        logits = mx.flatten(logits.astype(mx.float32), 0, 1)
        if division.processed:
            updates = [(index, processor.update()) for index, processor in division.processed]
            logits = update_on_device(logits, updates)
        if bitmasks:
            logits = masked_on_device(logits, bitmasks)
        draws = [
            sequence.rng.at(sequence.num_sampled_tokens + place)
            for sequence in sequences
            for place in range(width)
        ]
        sampled = self._sampler_for(sequences, width, vocabulary)(logits, draws)
        tokens, max_logits = (mx.unflatten(each, 0, (rows, width)) for each in sampled)
        return tokens, max_logits

    def _sampler_for(
        self, sequences: abc.Sequence[Sequence], width: int, vocabulary: int
    ) -> DeviceSampler:
        if width > 1:
            settings = [each.request.sampling for each in sequences for _ in range(width)]
            return DeviceSampler(settings, vocabulary)
        if self._sampler is None:
            settings = [each.request.sampling for each in sequences]
            self._sampler = DeviceSampler(settings, vocabulary)
        return self._sampler


def _max_logits(logits: mx.array) -> mx.array:
    return mx.max(logits, axis=-1).astype(mx.float32)


def _bitmasks(sequences: abc.Sequence[Sequence], logits: mx.array) -> Bitmasks:
    return bitmasks_of([sequence.constraint for sequence in sequences], logits.shape[-1])
