"""Has a draft model compute the texts of sequences that are new to it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from collections.abc import Sequence as Tokens
from typing import TypeAlias

import numpy as np

from ..arrays import wait
from ..forward import Forward
from ..kv_cache import layer_caches
from ..kv_cache.layer_caches import Caches
from ..kv_cache.token_blocks import RowKV
from ..prefix_cache.kept_prefixes import WORTH_KEEPING_EARLY, KeptPrefixes
from ..sequence import Sequence
from ..tokens import WORTH_SHARING

Compute: TypeAlias = Callable[[Forward, Caches, Tokens[Tokens[int]]], None]
"""Starts a pass over the next tokens of each row, with the runner's threads."""


class DraftPrompts:
    """Texts are begun from what the draft model computed before, and kept for others."""

    def __init__(
        self, forward: Forward, compute: Compute, kept: KeptPrefixes, highest_token: int
    ) -> None:
        """`highest_token`: tokens that the model has no place for are fed as this one."""
        self._forward = forward
        self._compute = compute
        self._kept = kept
        self._highest = highest_token
        self._begun: dict[Sequence, tuple[int, Caches]] = {}
        """How many tokens of each are computed, and where."""

    def __len__(self) -> int:
        return len(self._begun)

    def compute(
        self, sequence: Sequence, text: Tokens[int], budget: int
    ) -> tuple[int, Caches | None]:
        """Computes at most `budget` tokens of a text; returns how many, and the plain caches once
        they hold all of it."""
        length, caches = self._begun.get(sequence) or self._begin(sequence, text)
        part = text[length : length + budget]
        if part:
            with layer_caches.room_for(caches, len(text) + 1):
                self._compute(self._forward, caches, [self.known(part)])
            wait(layer_caches.state(caches))
        length += len(part)
        self._begun[sequence] = length, caches
        if length < len(text):
            return len(part), None
        del self._begun[sequence]
        self._keep(sequence, text, RowKV(caches), spare=WORTH_KEEPING_EARLY - 1)
        return len(part), caches

    def retain(self, sequences: Collection[Sequence]) -> None:
        """Gives up all other texts; whoever has them again goes on from there."""
        for sequence in [sequence for sequence in self._begun if sequence not in sequences]:
            length, caches = self._begun.pop(sequence)
            self.leave(sequence, sequence.tokens()[:length], RowKV(caches))

    def leave(self, sequence: Sequence, text: Tokens[int], kv: RowKV) -> None:
        """Keeps what was computed of a sequence that is drafted for no longer."""
        if not sequence.broken:
            self._keep(sequence, text, kv, spare=WORTH_SHARING - 1)
        self._kept.release(sequence)

    def known(self, tokens: Tokens[int]) -> list[int]:
        """The tokens as they are fed to the model."""
        return [min(token, self._highest) for token in tokens]

    def _begin(self, sequence: Sequence, text: Tokens[int]) -> tuple[int, Caches]:
        found = None
        if len(text) >= WORTH_SHARING:
            found = self._kept.find(sequence, np.asarray(text, np.int32), WORTH_SHARING)
        if found is None:
            return 0, self._forward.empty_caches()
        caches, length = found
        return length, caches

    def _keep(self, sequence: Sequence, text: Tokens[int], kv: RowKV, *, spare: int) -> None:
        if len(text) >= WORTH_SHARING:
            self._kept.keep(sequence, np.asarray(text, np.int32), kv, spare=spare)
