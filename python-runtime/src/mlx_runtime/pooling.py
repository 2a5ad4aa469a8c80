"""What is asked of texts that are read and not continued, and what comes out.

As with `requests.py`, tokenising happens before and the wire's form after: the
generation thread sees token ids only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .requests import TopLogprob
from .wire import WirePooling


@dataclass(frozen=True, slots=True)
class EmbeddingTraits:
    """What a model's directory says about the vectors that it makes."""

    pooling: WirePooling = "mean"
    refusal: str | None = None
    """Why the model makes no vectors here."""


@dataclass(frozen=True, slots=True)
class EmbedTexts:
    """One vector for each text."""

    texts: Sequence[Sequence[int]]
    pooling: WirePooling | None = None
    """None: the model's own."""
    dimensions: int | None = None
    normalize: bool = True


@dataclass(frozen=True, slots=True)
class ScoreTexts:
    """How likely each token is, given those before it."""

    texts: Sequence[Sequence[int]]
    top_logprobs: int = 0


@dataclass(frozen=True, slots=True)
class RerankTexts:
    """Which of two tokens follows each text, and how surely."""

    texts: Sequence[Sequence[int]]
    yes: int
    no: int


Task = EmbedTexts | ScoreTexts | RerankTexts


@dataclass(frozen=True, slots=True)
class Embedded:
    vectors: Sequence[NDArray[np.float32]]
    pooling: WirePooling


@dataclass(frozen=True, slots=True)
class ScoredText:
    logprobs: Sequence[float]
    """One for each token but the first."""
    top: Sequence[tuple[TopLogprob, ...]]
    """The same, and empty when none were asked for."""


@dataclass(frozen=True, slots=True)
class Scored:
    texts: Sequence[ScoredText]


@dataclass(frozen=True, slots=True)
class Reranked:
    scores: Sequence[float]
    """The share of `yes` in the likelihood of both, 0 to 1."""
    shared_tokens: int
    """Tokens that the texts begin with in common, computed once."""


Result = Embedded | Scored | Reranked
