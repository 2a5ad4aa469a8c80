"""Penalties and bias: sparse changes to one row's logits before sampling."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..wire import WireSampling


class LogitEdits:
    """Presence, frequency and repetition penalties and logit bias of one row.

    Presence and frequency count generated tokens only (OpenAI); repetition
    covers the prompt too (CTRL, Keskar et al. 2019). Work per step is
    proportional to the number of distinct tokens seen, not to the vocabulary.
    """

    def __init__(self, sampling: WireSampling, prompt_tokens: Sequence[int]) -> None:
        self._presence = sampling.presence_penalty
        self._frequency = sampling.frequency_penalty
        self._repetition = sampling.repetition_penalty
        bias = sampling.logit_bias or {}
        self._bias_ids = np.array([int(token) for token in bias], dtype=np.int64)
        self._bias_values = np.array(list(bias.values()), dtype=np.float32)
        self._prompt_ids: NDArray[np.int64] = np.unique(np.array(prompt_tokens, dtype=np.int64))
        self._counts: dict[int, int] = {}

    @staticmethod
    def wanted(sampling: WireSampling) -> bool:
        return bool(
            sampling.presence_penalty
            or sampling.frequency_penalty
            or sampling.repetition_penalty != 1
            or sampling.logit_bias
        )

    def count(self, token: int) -> None:
        """Notes a generated token."""
        self._counts[token] = self._counts.get(token, 0) + 1

    def apply(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """The edited logits of one row, shape (vocabulary,); the input is not changed."""
        edited = logits.copy()
        ids = np.fromiter(self._counts.keys(), dtype=np.int64, count=len(self._counts))
        if self._repetition != 1:
            seen = np.union1d(self._prompt_ids, ids)
            values = edited[seen]
            edited[seen] = np.where(
                values > 0, values / self._repetition, values * self._repetition
            )
        if self._presence or self._frequency:
            counts = np.fromiter(self._counts.values(), dtype=np.float32, count=len(ids))
            edited[ids] -= self._presence + self._frequency * counts
        edited[self._bias_ids] += self._bias_values
        return edited
