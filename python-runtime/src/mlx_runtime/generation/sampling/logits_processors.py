"""Changes to one row's logits before a token is chosen: penalties and bias."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...wire import WireSampling
from ..host_arrays import Floats, Ids

_STEP = 64


class LogitsUpdate(NamedTuple):
    """New values for some logits: positive ones are divided by `scale` and negative ones
    multiplied, then `amount` is added. All three: (updated tokens,)."""

    ids: Ids
    scale: Floats
    amount: Floats

    def apply(self, logits: Floats) -> None:
        """Updates one row's logits, shape (vocabulary,), in place."""
        values = logits.take(self.ids)
        scaled = np.where(values > 0, values / self.scale, values * self.scale)
        logits[self.ids] = scaled + self.amount


class LogitsProcessor:
    """Presence, frequency and repetition penalties and logit bias of one row.

    Presence and frequency count generated tokens only (OpenAI); repetition
    covers the prompt too (CTRL, Keskar et al. 2019). Work per step grows with
    the number of distinct tokens seen, not with the vocabulary.
    """

    def __init__(self, sampling: WireSampling, prompt_tokens: Sequence[int]) -> None:
        self._presence = sampling.presence_penalty
        self._frequency = sampling.frequency_penalty
        self._repetition = sampling.repetition_penalty
        self._places: dict[int, int] = {}
        self._ids: Ids = np.zeros(_STEP, dtype=np.int64)
        self._counts: Floats = np.zeros(_STEP, dtype=np.float32)
        self._bias: Floats = np.zeros(_STEP, dtype=np.float32)
        self._scale: Floats = np.ones(_STEP, dtype=np.float32)
        if self._repetition != 1:
            for token in prompt_tokens:
                place = self._place(token)
                self._scale[place] = self._repetition
        for name, amount in (sampling.logit_bias or {}).items():
            place = self._place(int(name))
            self._bias[place] = amount

    @staticmethod
    def wanted(sampling: WireSampling) -> bool:
        return bool(
            sampling.presence_penalty
            or sampling.frequency_penalty
            or sampling.repetition_penalty != 1
            or sampling.logit_bias
        )

    def advance(self, token: int) -> None:
        """Takes note of a generated token."""
        place = self._place(token)
        self._counts[place] += 1
        self._scale[place] = self._repetition

    def update(self) -> LogitsUpdate:
        """What to do to the logits of the next token."""
        used = len(self._places)
        counts = self._counts[:used]
        amount = np.array(self._bias[:used])
        amount -= counts * self._frequency
        amount[counts > 0] -= self._presence
        return LogitsUpdate(self._ids[:used], self._scale[:used], amount)

    def _place(self, token: int) -> int:
        """Where a token's numbers are; may replace the arrays by longer ones."""
        place = self._places.setdefault(token, len(self._places))
        if place == len(self._ids):
            more = np.zeros(place, dtype=np.float32)
            self._ids = np.concatenate([self._ids, more.astype(np.int64)])
            self._counts = np.concatenate([self._counts, more])
            self._bias = np.concatenate([self._bias, more])
            self._scale = np.concatenate([self._scale, more + 1])
        self._ids[place] = token
        return place
