"""What sequences will need, and whether there is room for it. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LayerFootprint:
    """Bytes that one layer's cache takes for one sequence."""

    fixed: float
    per_token: float
    most_tokens: int | None = None
    """A sliding window never holds more."""

    def nbytes(self, tokens: int) -> float:
        held = tokens if self.most_tokens is None else min(tokens, self.most_tokens)
        return self.fixed + self.per_token * held


@dataclass(frozen=True, slots=True)
class Footprint:
    layers: Sequence[LayerFootprint]

    def nbytes(self, tokens: int) -> int:
        """Bytes of one sequence's caches after `tokens` tokens."""
        return int(sum(layer.nbytes(tokens) for layer in self.layers))


@dataclass(frozen=True, slots=True)
class KVUse:
    """Bytes of key-value caches, those of kept prefixes included."""

    used_bytes: int
    limit_bytes: int | None
    """None: not limited."""


class KVBudget:
    """Admits sequences only while their caches fit beside the weights."""

    def __init__(self, footprint: Footprint, weight_bytes: int, budget_bytes: int | None) -> None:
        self._own = self._footprint = footprint
        self._weight_bytes = weight_bytes
        self._draft_bytes = 0
        self._adapter_bytes = 0
        self._budget = budget_bytes

    @property
    def limited(self) -> bool:
        return self._budget is not None

    def reserve_for_draft(self, draft: Footprint | None, weight_bytes: int) -> None:
        """Plans for a draft model's weights and its caches of every sequence; None: no draft."""
        more = () if draft is None else draft.layers
        self._footprint = Footprint([*self._own.layers, *more])
        self._draft_bytes = weight_bytes

    def reserve_for_adapters(self, nbytes: int) -> None:
        """Plans for the adapters beside the model."""
        self._adapter_bytes = nbytes

    def excess(self, rows: Sequence[int], paused: Iterable[int], kept_bytes: int) -> int:
        """Bytes missing for sequences of these planned lengths, beside paused sequences and kept
        prefixes; 0 or less when everything fits."""
        room = self.room
        return 0 if room is None else self.use(rows, paused, kept_bytes) - room

    @property
    def room(self) -> int | None:
        """Bytes that caches may take beside the weights; None: any number."""
        if self._budget is None:
            return None
        return self._budget - self._weight_bytes - self._draft_bytes - self._adapter_bytes

    def use(self, rows: Sequence[int], paused: Iterable[int], kept_bytes: int) -> int:
        """Bytes for sequences of these planned lengths, paused sequences and kept prefixes.

        Sequences of a batch are padded to the longest of them.
        """
        running = len(rows) * self._footprint.nbytes(max(rows, default=0))
        waiting = sum(self._footprint.nbytes(length) for length in paused)
        return running + waiting + kept_bytes
