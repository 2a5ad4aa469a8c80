"""Chooses drafted tokens from a draft model's logits as the target would choose.

A sequence's draw at a position is the same for draft and target, and both take the
inverse of their cumulative distribution at it. So where their distributions are
alike they mostly choose alike, at any temperature, and the target's choice does
not depend on the draft (a coupling by common random numbers).
"""

from __future__ import annotations

from collections import abc

import mlx.core as mx
import numpy as np

from ...grammar.constraint import Constraint, bitmask_words
from ..arrays import to_host, to_integer_rows, token_array
from ..host_arrays import Floats
from ..sampling.device_sampler import DeviceSampler, update_on_device
from ..sampling.grammar_bitmask import masked
from ..sampling.host_sampler import sample
from ..sequence import Sequence


class DraftSampler:
    """Chooses for some sequences, one token after the other; `end` has to follow the last."""

    def __init__(self, sequences: abc.Sequence[Sequence], *, on_device: bool) -> None:
        self._sequences = sequences
        # A grammar has to see each token before it can say what may follow.
        self._on_device = on_device and not any(sequence.constraint for sequence in sequences)
        self._likeliest = not any(_is_particular(sequence) for sequence in sequences)
        # Penalties of the draft itself are left out; they change little in a few tokens.
        self._updates = {
            index: sequence.logits_processor.update()
            for index, sequence in enumerate(sequences)
            if sequence.logits_processor
        }
        self._sampler: DeviceSampler | None = None
        self._chosen: list[mx.array] = []
        self._advanced = [0] * len(sequences)
        self._over: set[int] = set()

    def choose(self, logits: mx.array) -> mx.array:
        """The next token of each sequence, (sequences,), from logits (sequences, vocabulary)."""
        tokens = self._choose(logits.astype(mx.float32), len(self._chosen))
        self._chosen.append(tokens)
        return tokens

    def end(self) -> list[list[int]]:
        """What was chosen for each sequence, as far as it may come."""
        texts = to_integer_rows(mx.stack(self._chosen, axis=1))
        return [self._allowed(index, text) for index, text in enumerate(texts)]

    def _choose(self, logits: mx.array, position: int) -> mx.array:
        if self._likeliest:
            return mx.argmax(logits, axis=-1)
        if self._on_device:
            if self._updates:
                logits = update_on_device(logits, list(self._updates.items()))
            draws = [each.rng.at(len(each.output_tokens) + position) for each in self._sequences]
            if self._sampler is None:
                settings = [sequence.request.sampling for sequence in self._sequences]
                self._sampler = DeviceSampler(settings, logits.shape[-1])
            return self._sampler(logits, draws)[0]
        values = to_host(logits)
        return token_array(
            [self._choose_here(index, values[index], position) for index in range(len(values))]
        )

    def _choose_here(self, index: int, logits: Floats, position: int) -> int:
        sequence = self._sequences[index]
        update = self._updates.get(index)
        if update is not None:
            logits = np.array(logits)
            update.apply(logits)
        rules = None if index in self._over else _rules(sequence)
        if rules is not None:
            words = np.zeros(bitmask_words(len(logits)), dtype=np.uint32)
            rules.write_mask(words)
            logits = masked(logits, words)
        if not np.isfinite(logits.max()):
            self._over.add(index)
            return 0
        draw = sequence.rng.at(len(sequence.output_tokens) + position)
        token = sample(logits, sequence.request.sampling, draw)
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
        rules = _rules(self._sequences[index])
        if rules is None:
            return text
        rules.rollback(self._advanced[index])
        return text[: rules.accepted(text)]


def _is_particular(sequence: Sequence) -> bool:
    """True when the likeliest token may not be the sequence's choice."""
    return (
        not sequence.is_greedy
        or sequence.logits_processor is not None
        or sequence.constraint is not None
    )


def _rules(sequence: Sequence) -> Constraint | None:
    """The sequence's grammar, where it holds now and drafts can be taken back from it."""
    return None if sequence.constraint is None else sequence.constraint.ahead
