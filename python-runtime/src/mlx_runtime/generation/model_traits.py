"""What is known of a model whose caches were tried out, and how it is to be served."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..pooling import EmbeddingTraits
from ..wire import WireBatching
from .scheduling.kv_budget import Footprint


@dataclass(frozen=True, slots=True)
class ModelTraits:
    mergeable: bool
    """False: sequences have to be served one at a time."""
    prefills_together: bool
    """False: prompts have to be prefilled one at a time, even where sequences decode together."""
    needs_checkpoints: bool
    """True: caches cannot always be cut back to a prefix."""
    footprint: Footprint
    can_roll_back: bool
    """True: a sequence can take its last tokens back, also in a batch."""
    shares_prefixes: bool
    """True: what sequences of a batch begin with may be held once for all of them."""
    prefills_beside: bool
    """True: parts of prompts can be computed in the pass of a decode step."""
    prefill_timings: Sequence[tuple[int, float]]
    """Tokens of a pass that only fills caches, and the seconds it took."""
    step_timings: Sequence[tuple[int, float]]
    """The same of passes that yield logits."""
    vocab_size: int


@dataclass(frozen=True, slots=True)
class ServingSettings:
    """How a model is to be served, whatever runs it."""

    traits: ModelTraits
    eos_token_ids: Collection[int]
    context_length: int
    batching: WireBatching
    weight_bytes: int = 0
    memory_bytes: int | None = None
    """What weights, running sequences and kept prefixes may fill; None: no limit."""
    prompt_lookup: bool = True
    """Draft tokens from a sequence's own text where that pays."""
    embedding: EmbeddingTraits = field(default_factory=EmbeddingTraits)
    embedding_size: int | None = None
    """Numbers of a text's vector; None: the model makes none, as `embedding.refusal` says."""
    encoder: Literal["makes vectors", "judges pairs"] | None = None
    """What the model does where it is an encoder, which generates nothing."""

    @property
    def max_sequences(self) -> int:
        """That run at once."""
        return self.batching.max_batch_size if self.traits.mergeable else 1
