"""What is asked of texts that are read and not continued, and what comes out.

As with `requests.py`, tokenising happens before and the wire's form after: the
generation thread sees token ids only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .requests import TopLogprob
from .wire import WirePooling


@dataclass(frozen=True, slots=True)
class Projection:
    """A dense layer behind the pooling, as EmbeddingGemma has two."""

    weight: NDArray[np.float32]
    """(out, in)"""
    bias: NDArray[np.float32] | None
    """(out,)"""
    activation: Literal["identity", "tanh"] = "identity"

    def __call__(self, vector: NDArray[np.float64]) -> NDArray[np.float64]:
        """(out,) from (in,)."""
        projected = self.weight @ vector
        if self.bias is not None:
            projected = projected + self.bias
        return np.tanh(projected) if self.activation == "tanh" else projected


@dataclass(frozen=True, slots=True)
class EmbeddingTraits:
    """What a model's directory says about the vectors that it makes."""

    pooling: WirePooling = "mean"
    refusal: str | None = None
    """Why the model makes no vectors here."""
    projections: Sequence[Projection] = ()
    """Applied to each pooled vector in turn."""
    prompts: Mapping[str, str] = field(default_factory=dict[str, str])
    """What is written before a text, by what the text is: `query`, `document` and others."""
    default_prompt: str | None = None
    """Name of the one for texts of which nothing is said."""


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
    """Which of two tokens follows each text, and how surely: how language models rerank."""

    texts: Sequence[Sequence[int]]
    yes: int
    no: int


@dataclass(frozen=True, slots=True)
class JudgePairs:
    """How well the two texts of each pair fit together: how cross-encoders rerank."""

    texts: Sequence[Sequence[int]]
    """Both, one behind the other."""
    token_types: Sequence[Sequence[int]]
    """Of each token, which of both it belongs to: 0 or 1."""


Task = EmbedTexts | ScoreTexts | RerankTexts | JudgePairs


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
    """0 to 1: the share of `yes` in the likelihood of both, or the logistic function of what a
    cross-encoder says."""
    shared_tokens: int
    """Tokens that the texts begin with in common, computed once."""


Result = Embedded | Scored | Reranked
