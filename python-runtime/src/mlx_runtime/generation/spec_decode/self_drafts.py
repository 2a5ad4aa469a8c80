"""What a row itself says of its next tokens: its grammar, else its text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from ..sequence import Row
from .acceptance_rate import AcceptanceRate, PendingDraft
from .draft_length import MAX_DRAFT_TOKENS, Odds
from .ngram_proposer import NgramProposer

_FORCED = 0.9
"""Rate expected of what a grammar forces: the text is sure, its tokens are not."""


def begin(row: Row) -> None:
    """Prepares a row that begins to decode and may draft."""
    if row.lookup is None and row.request.prompt_lookup:
        row.lookup = NgramProposer(row.context(), row.request.prediction)
        row.forced_rate = None if row.constraint is None else AcceptanceRate(_FORCED)


def look_ahead(row: Row) -> None:
    """Judges the last guess, and asks the grammar what it forces."""
    if row.guess is not None:
        row.guess.observe(row.generated)
        row.guess = None
    if row.forced_rate is not None and row.constraint is not None:
        row.forced = row.constraint.forced()


def limit_of(row: Row) -> int:
    """Tokens that may be drafted; a pass yields one more, which has to be allowed as well."""
    allowed = min(row.token_limit - row.launched, row.ticket.credit - row.in_flight)
    return max(0, min(allowed - 1, MAX_DRAFT_TOKENS))


def odds(row: Row) -> Odds:
    if row.forced_rate is not None and row.forced:
        return row.forced_rate.odds(min(limit_of(row), len(row.forced)))
    return iter(()) if row.lookup is None else row.lookup.odds(limit_of(row))


def first_odds(row: Row) -> float:
    """The chance that the first guess holds; 0 where there is none."""
    return next(odds(row), 0.0)


def draft(row: Row, count: int) -> Sequence[int]:
    count = min(count, limit_of(row))
    if row.forced_rate is not None and row.forced:
        tokens = list(islice(row.forced, count))
        row.guess = PendingDraft(row.forced_rate, len(row.generated), tokens)
        return tokens
    return () if row.lookup is None else row.lookup.draft(count)
