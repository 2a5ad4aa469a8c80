"""Changes to one row's logits before a token is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from ..wire import WireSampling
from .arrays import Floats, Ids


class LogitEdit(Protocol):
    """One step between a row's logits and its sampling: a penalty, a bias, a mask.

    A row's edits are applied in order. `apply` may change the array it is
    given, which belongs to the row; minus infinity rules a token out.
    """

    def apply(self, logits: Floats) -> None: ...

    def advance(self, token: int) -> None:
        """Takes note of a generated token."""
        ...


class Penalties:
    """Presence, frequency and repetition penalties.

    Presence and frequency count generated tokens only (OpenAI); repetition
    covers the prompt too (CTRL, Keskar et al. 2019). Work per step grows with
    the number of distinct tokens seen, not with the vocabulary.
    """

    def __init__(self, sampling: WireSampling, prompt_tokens: Sequence[int]) -> None:
        self._presence = np.float32(sampling.presence_penalty)
        self._frequency = np.float32(sampling.frequency_penalty)
        self._repetition = np.float32(sampling.repetition_penalty)
        repeated = prompt_tokens if sampling.repetition_penalty != 1 else ()
        self._prompt_ids: Ids = np.unique(np.array(repeated, dtype=np.int64))
        self._counts: dict[int, int] = {}

    def advance(self, token: int) -> None:
        self._counts[token] = self._counts.get(token, 0) + 1

    def apply(self, logits: Floats) -> None:
        ids = np.fromiter(self._counts.keys(), dtype=np.int64, count=len(self._counts))
        if self._repetition != 1:
            seen = np.union1d(self._prompt_ids, ids)
            values = logits.take(seen)
            scaled = np.where(values > 0, values / self._repetition, values * self._repetition)
            logits[seen] = scaled
        if self._presence or self._frequency:
            counts = np.fromiter(self._counts.values(), dtype=np.float32, count=len(ids))
            logits[ids] -= self._presence + self._frequency * counts


class Bias:
    """Amounts added to the logits of given tokens."""

    def __init__(self, logit_bias: dict[str, float]) -> None:
        self._ids = np.array([int(token) for token in logit_bias], dtype=np.int64)
        self._amounts = np.array(list(logit_bias.values()), dtype=np.float32)

    def advance(self, token: int) -> None:
        pass

    def apply(self, logits: Floats) -> None:
        logits[self._ids] += self._amounts


def make_edits(sampling: WireSampling, prompt_tokens: Sequence[int]) -> tuple[LogitEdit, ...]:
    """The edits that a request's sampling asks for: penalties, then bias."""
    edits: list[LogitEdit] = []
    if sampling.presence_penalty or sampling.frequency_penalty or sampling.repetition_penalty != 1:
        edits.append(Penalties(sampling, prompt_tokens))
    if sampling.logit_bias:
        edits.append(Bias(sampling.logit_bias))
    return tuple(edits)
