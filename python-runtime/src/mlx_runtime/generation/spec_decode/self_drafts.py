"""What a sequence itself says of its next tokens: its grammar, else its text."""

from __future__ import annotations

from collections import abc
from itertools import islice

from ..sequence import Sequence
from .acceptance_rate import AcceptanceRate, PendingDraft
from .draft_length import MAX_DRAFT_TOKENS, Odds
from .ngram_proposer import NgramProposer

_FAST_FORWARD = 0.9
"""Rate expected of what a grammar forces: the text is sure, its tokens are not."""


class SelfDrafts:
    """Drafts for one sequence without a model: fast-forward tokens of its grammar where there
    are any, else what its n-grams foretell."""

    def __init__(self, sequence: Sequence) -> None:
        """`sequence` has to be prefilled."""
        self._sequence = sequence
        self._proposer: NgramProposer | None = None
        self._rate: AcceptanceRate | None = None
        self._forced: abc.Sequence[int] = ()
        """Tokens that the grammar leaves no choice of, as far as it was asked."""
        self._seen = len(sequence.output_tokens)
        self.pending: PendingDraft | None = None
        """What was drafted last, while it is not known how much of it is accepted."""
        if sequence.request.prompt_lookup:
            self._proposer = NgramProposer(sequence.tokens(), sequence.request.prediction)
            self._rate = None if sequence.constraint is None else AcceptanceRate(_FAST_FORWARD)

    @property
    def drafts(self) -> bool:
        """False where the request wants none."""
        return self._proposer is not None

    def update(self) -> None:
        """Learns what became of the last draft, and asks the grammar what it forces."""
        if self.pending is not None:
            self.pending.observe(self._sequence.output_tokens)
            self.pending = None
        if self._rate is not None and self._sequence.constraint is not None:
            self._forced = self._sequence.constraint.forced()

    def joint_probabilities(self) -> Odds:
        """The chance that the first, the first two, ... drafted tokens are accepted."""
        limit = limit_of(self._sequence)
        if self._rate is not None and self._forced:
            return self._rate.joint_probabilities(min(limit, len(self._forced)))
        proposer = self._caught_up()
        return iter(()) if proposer is None else proposer.joint_probabilities(limit)

    def draft(self, count: int) -> abc.Sequence[int]:
        """At most `count` tokens."""
        count = min(count, limit_of(self._sequence))
        if self._rate is not None and self._forced:
            tokens = list(islice(self._forced, count))
            self.pending = PendingDraft(self._rate, len(self._sequence.output_tokens), tokens)
            return tokens
        proposer = self._caught_up()
        return () if proposer is None else proposer.draft(count)

    def _caught_up(self) -> NgramProposer | None:
        """The proposer, once it has seen every token."""
        if self._proposer is not None:
            for token in self._sequence.output_tokens[self._seen :]:
                self._proposer.push(token)
            self._seen = len(self._sequence.output_tokens)
        return self._proposer


def limit_of(sequence: Sequence) -> int:
    """Tokens that may be drafted; a step yields one more, which has to be allowed as well."""
    allowed = min(
        sequence.max_output_tokens - sequence.num_sampled_tokens,
        sequence.credit - sequence.num_in_flight,
    )
    return max(0, min(allowed - 1, MAX_DRAFT_TOKENS))
