"""Chooses drafted tokens from a draft model's logits as the target would choose.

A row's draw at a position is the same for draft and target, and both take the
inverse of their cumulative distribution at it. So where their distributions are
alike they mostly choose alike, at any temperature, and the target's choice does
not depend on the draft (a coupling by common random numbers).
"""

from __future__ import annotations

from collections.abc import Sequence

import mlx.core as mx
import numpy as np

from ...grammar.constraint import Constraint, bitmask_words
from ..arrays import Floats, to_host, to_integer_rows, token_array
from ..sampling.device_sampler import DeviceSampler, update_on_device
from ..sampling.grammar_bitmask import masked
from ..sampling.host_sampler import sample
from ..sequence import Row


class DraftSampler:
    """Chooses for some rows, one token after the other; `end` has to follow the last."""

    def __init__(self, rows: Sequence[Row], *, on_device: bool) -> None:
        self._rows = rows
        # A grammar has to see each token before it can say what may follow.
        self._on_device = on_device and not any(row.constraint for row in rows)
        self._likeliest = not any(_is_particular(row) for row in rows)
        # Penalties of the draft itself are left out; they change little in a few tokens.
        self._edits = {i: row.edits.edit() for i, row in enumerate(rows) if row.edits}
        self._sampler: DeviceSampler | None = None
        self._chosen: list[mx.array] = []
        self._advanced = [0] * len(rows)
        self._over: set[int] = set()

    def choose(self, logits: mx.array) -> mx.array:
        """The next token of each row, (rows,), from logits (rows, vocabulary)."""
        tokens = self._choose(logits.astype(mx.float32), len(self._chosen))
        self._chosen.append(tokens)
        return tokens

    def end(self) -> list[list[int]]:
        """What was chosen for each row, as far as it may come."""
        texts = to_integer_rows(mx.stack(self._chosen, axis=1))
        return [self._allowed(row, text) for row, text in enumerate(texts)]

    def _choose(self, logits: mx.array, position: int) -> mx.array:
        if self._likeliest:
            return mx.argmax(logits, axis=-1)
        if self._on_device:
            if self._edits:
                logits = update_on_device(logits, list(self._edits.items()))
            draws = [row.draws.at(len(row.generated) + position) for row in self._rows]
            if self._sampler is None:
                settings = [row.request.sampling for row in self._rows]
                self._sampler = DeviceSampler(settings, logits.shape[-1])
            return self._sampler(logits, draws)
        values = to_host(logits)
        return token_array(
            [self._choose_here(index, values[index], position) for index in range(len(values))]
        )

    def _choose_here(self, index: int, logits: Floats, position: int) -> int:
        row = self._rows[index]
        edit = self._edits.get(index)
        if edit is not None:
            logits = np.array(logits)
            edit.apply(logits)
        rules = None if index in self._over else _rules(row)
        if rules is not None:
            words = np.zeros(bitmask_words(len(logits)), dtype=np.uint32)
            rules.write_mask(words)
            logits = masked(logits, words)
        if not np.isfinite(logits.max()):
            self._over.add(index)
            return 0
        token = sample(logits, row.request.sampling, row.draws.at(len(row.generated) + position))
        if rules is not None:
            self._follow(index, rules, token)
        return token

    def _follow(self, index: int, rules: Constraint, token: int) -> None:
        if rules.is_complete or rules.accepted([token]) == 0:
            self._over.add(index)
        else:
            rules.advance(token)
            self._advanced[index] += 1

    def _allowed(self, index: int, text: list[int]) -> list[int]:
        rules = _rules(self._rows[index])
        if rules is None:
            return text
        rules.rollback(self._advanced[index])
        return text[: rules.accepted(text)]


def _is_particular(row: Row) -> bool:
    """True when the likeliest token may not be the row's choice."""
    return not row.is_greedy or row.edits is not None or row.constraint is not None


def _rules(row: Row) -> Constraint | None:
    """The row's grammar, where it holds now and drafts can be taken back from it."""
    return None if row.constraint is None else row.constraint.ahead
