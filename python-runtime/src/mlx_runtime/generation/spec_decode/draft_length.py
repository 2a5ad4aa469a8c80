"""How many tokens of each sequence a pass should have. Pure arithmetic.

A pass over sequences of w tokens each costs what passes of that many tokens were
measured to cost, and yields one token per sequence and every drafted one that is accepted.
The width with the best expected rate is taken (goodput, as in Liu et al.,
"Optimizing speculative decoding for serving large language models using
goodput", 2024), of those that keep nobody waiting for long; where no draft
pays, that is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ..scheduling.sizes import size_class
from ..scheduling.step_cost import StepCost

MAX_DRAFT_TOKENS = 31
_MOST_TOKENS = 512
"""Of a pass: its logits take up much memory."""
_LARGER = 4
"""As many times more tokens than the largest pass that was measured: what is told of larger ones
is a guess, to be tried in steps."""
_LONGEST_PASS = 4.0
"""Relative to a plain step. However much it yields, it comes late and all at once."""

Odds = Iterator[float]
"""The chance that a sequence's first, first two, ... drafted tokens are accepted."""


class DraftLength(NamedTuple):
    tokens: int
    """Of each sequence."""
    rate: float
    """What is to be beaten: tokens per second, times the margin where nothing is drafted."""
    promised: float
    """Tokens that the pass should yield."""


NO_DRAFT = DraftLength(1, 0.0, 0.0)
"""Where there is nothing to draft."""


def best_draft_length(
    cost: StepCost,
    rows: int,
    probabilities: Sequence[Odds],
    margin: float,
    draft_seconds: Callable[[int], float] = lambda _: 0.0,
) -> DraftLength:
    """`probabilities`: of the sequences that have drafts. `margin`: drafting has to promise this
    rate, relative to a plain step. `draft_seconds`: what so many drafted tokens take to make."""
    if not probabilities:
        return NO_DRAFT
    expected = float(rows)
    plain = cost.seconds(rows)
    best = DraftLength(1, margin * expected / plain, expected)
    most = min(_MOST_TOKENS, _LARGER * max(cost.largest, rows)) // rows
    for tokens in range(2, min(MAX_DRAFT_TOKENS + 1, most) + 1):
        gain = sum(next(of_one, 0.0) for of_one in probabilities)
        if gain == 0.0:
            break
        expected += gain
        seconds = cost.seconds(tokens * rows) + draft_seconds(tokens - 1)
        if seconds > _LONGEST_PASS * plain:
            break
        # Few widths: a GPU has to prepare for each that is new.
        if size_class(tokens) != tokens:
            continue
        rate = expected / seconds
        if rate > best.rate:
            best = DraftLength(tokens, rate, expected)
    return best
