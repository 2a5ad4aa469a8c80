"""Which tokens to draft for the next pass: as many as make the batch fastest.

A pass over rows of w tokens each costs what passes of that many tokens were
measured to cost, and yields one token per row and every drafted one that holds.
The width with the best expected rate is taken (goodput, as in Liu et al.,
"Optimizing speculative decoding for serving large language models using
goodput", 2024); where no draft pays, that is one.
"""

from __future__ import annotations

from collections.abc import Sequence

from .pass_cost import PassCost
from .row import Row

_MARGIN = 1.05
"""Drafting has to promise at least this rate, relative to a plain step."""
_MARGIN_TOGETHER = 1.5
"""The same for several rows: a draft that fails there holds up its neighbours too, and
wide passes cost more beside a busy host than they did when they were measured."""
_MOST_DRAFTED = 31
_MOST_TOKENS = 512
"""Of a pass: its logits take up much memory."""

Drafts = Sequence[Sequence[int]]
"""Drafted tokens of each row of a batch."""


class Drafting:
    def __init__(self, cost: PassCost) -> None:
        self._cost = cost

    def promises(self, rows: Sequence[Row]) -> bool:
        """True when drafting would pay as things stand."""
        return self._width(rows) > 1

    def draft(self, rows: Sequence[Row]) -> Drafts:
        """The next tokens of each row as its text foretells them; nothing if that does not pay."""
        width = self._width(rows)
        return [_draft(row, width - 1) for row in rows] if width > 1 else ()

    def _width(self, rows: Sequence[Row]) -> int:
        """Tokens of each row in the next pass."""
        hopes = [
            row.lookup.odds(_limit(row)) for row in rows if row.lookup is not None and _limit(row)
        ]
        if not hopes:
            return 1
        width, count, expected = 1, len(rows), float(len(rows))
        margin = _MARGIN if count == 1 else _MARGIN_TOGETHER
        best = margin * expected / self._cost.seconds(count)
        most = min(_MOST_DRAFTED + 1, _MOST_TOKENS // count)
        for candidate in range(2, most + 1):
            gain = sum(next(hope, 0.0) for hope in hopes)
            if gain == 0.0:
                break
            expected += gain
            rate = expected / self._cost.seconds(candidate * count)
            if rate > best:
                width, best = candidate, rate
        return width


def _draft(row: Row, count: int) -> Sequence[int]:
    if row.lookup is None:
        return ()
    return row.lookup.draft(min(count, _limit(row)))


def _limit(row: Row) -> int:
    """Tokens that may be drafted; a pass yields one more, which has to be allowed as well."""
    allowed = min(row.token_limit - row.launched, row.ticket.credit - row.in_flight)
    return max(0, min(allowed - 1, _MOST_DRAFTED))
