"""Which tokens to draft for the next decode step.

A sequence's tokens are drafted from what its grammar leaves no choice of, from what
its own text repeats, or by a draft model: each sequence by what promises most, and
as many as make the batch fastest.
"""

from __future__ import annotations

from collections import abc
from collections.abc import Collection
from itertools import islice

from ..scheduling.step_cost import StepCost
from ..sequence import Sequence
from ..steps import DecodeStep, Drafts
from .calibration import SpeedupCalibration
from .draft_length import NO_DRAFT, DraftLength, best_draft_length
from .draft_model import DraftModel
from .self_drafts import SelfDrafts, limit_of

_MARGIN = 1.1
"""Drafting has to promise at least this rate, relative to a plain step: estimates of costs and
acceptance are never quite right, and the best of several is more often too good than too bad."""
_MARGIN_TOGETHER = 1.33
"""The same for several sequences: a draft that fails there holds up its neighbours too."""


class Proposer:
    def __init__(self, cost: StepCost, *, self_drafts: bool) -> None:
        """`cost`: of steps of the target. `self_drafts`: from text and grammar, too."""
        self._cost = cost
        self._drafts_itself = self_drafts
        self.model: DraftModel | None = None
        self._own: dict[Sequence, SelfDrafts] = {}
        self._calibration = SpeedupCalibration()
        self._promised: float | None = None
        """Tokens of the step in flight, if the sequences drafted for themselves."""

    def add(self, sequences: abc.Sequence[Sequence]) -> None:
        """Prepares for sequences that decode from now on."""
        if self._drafts_itself:
            for sequence in sequences:
                if sequence not in self._own:
                    self._own[sequence] = SelfDrafts(sequence)

    def forget(self, sequence: Sequence) -> None:
        """Drops what is known of a sequence that ended."""
        self._own.pop(sequence, None)

    def retain(self, sequences: Collection[Sequence]) -> None:
        """Has the draft model forget all other sequences."""
        if self.model is not None:
            self.model.retain(sequences)

    def would_draft(self, sequences: abc.Sequence[Sequence]) -> bool:
        """True when drafting would pay as things stand, or might for a sequence that is new."""
        if self._own_length(sequences, ahead=1).tokens > 1:
            return True
        model = self.model
        return model is not None and (
            bool(model.not_prefilled(sequences)) or self._model_length(model, sequences).tokens > 1
        )

    def draft(self, sequences: abc.Sequence[Sequence]) -> Drafts:
        """The next tokens of each sequence as they are expected; nothing if that does not pay."""
        for sequence in sequences:
            if sequence in self._own:
                self._own[sequence].update()
        if self.model is not None:
            self.model.update()
        length = self._own_length(sequences)
        self._promised = None
        if self.model is not None:
            drafts = self._model_drafts(self.model, sequences, length)
            if drafts:
                return drafts
        if length.tokens == 1:
            return ()
        self._promised = length.promised
        return [self._own_draft(sequence, length.tokens - 1) for sequence in sequences]

    def observe(self, step: DecodeStep, tokens: int) -> None:
        """Takes note of how many tokens a step yielded; called for each in turn."""
        if not step.drafts:
            self._calibration.decay_to_prior()
        elif self._promised is not None:
            self._calibration.observe(self._promised, tokens)

    def _model_drafts(
        self, model: DraftModel, sequences: abc.Sequence[Sequence], own: DraftLength
    ) -> Drafts:
        """Nothing where the sequences' own drafts promise more, or no draft pays."""
        model.prefill(model.not_prefilled(sequences))
        length = self._model_length(model, sequences)
        if length.tokens == 1 or (own.tokens > 1 and own.rate >= length.rate):
            model.skip_step(sequences)
            return ()
        count = length.tokens - 1
        served = self._served(model, sequences)
        drafts = model.draft({each: min(count, limit_of(each)) for each in served})
        for sequence, tokens in drafts.items():
            model.expect(sequence, tokens)
        return [
            drafts[sequence] if sequence in drafts else self._own_draft(sequence, count)
            for sequence in sequences
        ]

    def _own_length(self, sequences: abc.Sequence[Sequence], ahead: int = 0) -> DraftLength:
        """`ahead`: tokens of each sequence that are being sampled; only what follows them counts,
        and only if they are as foretold."""
        own = [self._own[sequence] for sequence in sequences if sequence in self._own]
        probabilities = [
            islice(drafts.joint_probabilities(), ahead, None) for drafts in own if drafts.drafts
        ]
        margin = _MARGIN if len(sequences) == 1 else _MARGIN_TOGETHER
        margin /= self._calibration.realised
        return best_draft_length(self._cost, len(sequences), probabilities, margin)

    def _model_length(self, model: DraftModel, sequences: abc.Sequence[Sequence]) -> DraftLength:
        served = self._served(model, sequences)
        if not served:
            return NO_DRAFT
        probabilities = [
            model.rate_of(sequence).joint_probabilities(limit_of(sequence))
            if sequence in served
            else self._own_probabilities(sequence)
            for sequence in sequences
        ]
        return best_draft_length(self._cost, len(sequences), probabilities, _MARGIN, model.seconds)

    def _own_probabilities(self, sequence: Sequence) -> abc.Iterator[float]:
        own = self._own.get(sequence)
        return iter(()) if own is None else own.joint_probabilities()

    def _own_draft(self, sequence: Sequence, count: int) -> abc.Sequence[int]:
        own = self._own.get(sequence)
        return () if own is None else own.draft(count)

    def _served(self, model: DraftModel, sequences: abc.Sequence[Sequence]) -> set[Sequence]:
        """Those for which the draft model knows more than they do themselves."""
        return {
            sequence
            for sequence in sequences
            if model.knows(sequence)
            and limit_of(sequence)
            and model.rate_of(sequence).value > next(self._own_probabilities(sequence), 0.0)
        }
