"""Which tokens to draft for the next pass.

A row's tokens are guessed from what its grammar leaves no choice of, from what
its own text repeats, or by a draft model: each row by what promises most, and
as many as make the batch fastest.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..scheduling.step_cost import StepCost
from ..sequence import Row
from . import self_drafts
from .acceptance_rate import PendingDraft
from .calibration import SpeedupCalibration
from .draft_length import DraftLength, best_draft_length
from .draft_model import DraftModel
from .self_drafts import limit_of

_MARGIN = 1.05
"""Proposer has to promise at least this rate, relative to a plain step."""
_MARGIN_TOGETHER = 1.5
"""The same for several rows: a draft that fails there holds up its neighbours too, and
wide passes cost more beside a busy host than they did when they were measured."""

Drafts = Sequence[Sequence[int]]
"""Drafted tokens of each row of a batch."""


class Proposer:
    def __init__(self, cost: StepCost) -> None:
        """`cost`: of passes of the model that is drafted for."""
        self._cost = cost
        self.model: DraftModel | None = None
        self._calibration = SpeedupCalibration()
        self._expected_rate: float | None = None
        """Tokens per second of the pass in flight, if it was drafted from the rows' own text."""

    def retain(self, rows: Collection[Row]) -> None:
        """Forgets all other rows."""
        if self.model is not None:
            self.model.retain(rows)

    def would_draft(self, rows: Sequence[Row]) -> bool:
        """True when drafting would pay as things stand, or might for a row that is new."""
        if self._own_width(rows).tokens > 1:
            return True
        model = self.model
        return model is not None and (
            bool(model.not_prefilled(rows)) or self._model_width(model, rows).tokens > 1
        )

    def draft(self, rows: Sequence[Row]) -> Drafts:
        """The next tokens of each row as they are guessed; nothing if that does not pay."""
        for row in rows:
            self_drafts.look_ahead(row)
        width = self._own_width(rows)
        self._expected_rate = None
        if self.model is not None:
            drafts = self._model_drafts(self.model, rows, width)
            if drafts:
                return drafts
        if width.tokens == 1:
            return ()
        self._expected_rate = width.rate
        return [self_drafts.draft(row, width.tokens - 1) for row in rows]

    def observe(self, tokens: int, seconds: float, *, drafted: bool) -> None:
        """Takes note of how many tokens a pass yielded, and how long it took in all."""
        if not drafted:
            self._calibration.decay_to_prior()
        elif self._expected_rate is not None:
            self._calibration.observe(self._expected_rate * seconds, tokens)

    def _model_drafts(self, model: DraftModel, rows: Sequence[Row], own: DraftLength) -> Drafts:
        """Nothing where the rows' own guesses promise more, or no guess pays."""
        model.read(model.not_prefilled(rows))
        width = self._model_width(model, rows)
        if width.tokens == 1 or (own.tokens > 1 and own.rate >= width.rate):
            model.rest(rows)
            return ()
        count = width.tokens - 1
        drafts = model.draft({row: min(count, limit_of(row)) for row in _served(model, rows)})
        for row, tokens in drafts.items():
            row.guess = PendingDraft(model.rate_of(row), len(row.generated), tokens)
        return [drafts[row] if row in drafts else self_drafts.draft(row, count) for row in rows]

    def _own_width(self, rows: Sequence[Row]) -> DraftLength:
        hopes = [self_drafts.odds(row) for row in rows if row.lookup is not None]
        margin = _MARGIN if len(rows) == 1 else _MARGIN_TOGETHER
        return best_draft_length(self._cost, len(rows), hopes, margin / self._calibration.realised)

    def _model_width(self, model: DraftModel, rows: Sequence[Row]) -> DraftLength:
        served = _served(model, rows)
        if not served:
            return DraftLength(1, 0.0)
        hopes = [
            model.rate_of(row).odds(limit_of(row)) if row in served else self_drafts.odds(row)
            for row in rows
        ]
        return best_draft_length(self._cost, len(rows), hopes, _MARGIN, model.seconds)


def _served(model: DraftModel, rows: Sequence[Row]) -> set[Row]:
    """Rows for which the draft model knows more than they do themselves."""
    return {
        row
        for row in rows
        if model.knows(row)
        and limit_of(row)
        and model.rate_of(row).value > self_drafts.first_odds(row)
    }
