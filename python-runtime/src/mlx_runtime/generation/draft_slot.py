"""The place of a model that drafts for the one that answers."""

from __future__ import annotations

from ..slices import Slices, inside
from .forward import empty_caches
from .freed_memory import FreedMemory
from .kv_cache.token_blocks import assemble
from .model_traits import ModelTraits
from .parts import Parts
from .spec_decode.draft_model import DraftCandidate, DraftModel, probing_draft_model
from .steps import Runner

_TYPICAL_TOKENS = 1024
"""Of kept texts, where two models' caches are compared."""


class DraftSlot:
    """Holds one draft model at most. Every method must be called on the generator's thread."""

    def __init__(
        self, parts: Parts, runner: Runner, traits: ModelTraits, freed: FreedMemory
    ) -> None:
        """`traits`: of the model that answers. `freed`: told when a draft model goes."""
        self._parts = parts
        self._runner = runner
        self._traits = traits
        self._freed = freed

    @property
    def num_sequences(self) -> int:
        """Sequences whose tokens the draft model holds."""
        model = self._parts.proposer.model
        return 0 if model is None else model.num_sequences

    def probing(self, draft: DraftCandidate) -> Slices[ModelTraits]:
        """Finds out what a model can do that is to draft; raises Refused where it cannot.

        Requests may be served between two slices.
        """
        return inside(self._runner.stream, probing_draft_model(draft, self._traits.vocab_size))

    def attach(self, draft: DraftCandidate, traits: ModelTraits) -> None:
        """Has a model draft for the requests that ask for it."""
        self.detach()
        own, its = (each.footprint.nbytes(_TYPICAL_TOKENS) for each in (self._traits, traits))
        kept = self._parts.prefix_cache.open_beside(
            lambda blocks, states: assemble(empty_caches(draft.model), blocks, states),
            its / (own + its),
        )
        self._parts.proposer.model = DraftModel(
            draft,
            traits,
            self._traits.vocab_size,
            self._runner.compute,
            kept,
            on_device=self._runner.samples_on_device,
        )
        self._parts.kv_budget.reserve_for_draft(traits.footprint, draft.weight_bytes)

    def detach(self) -> None:
        """Lets requests go on without a draft model."""
        if self._parts.proposer.model is not None:
            self._parts.proposer.model = None
            self._parts.prefix_cache.close_beside()
            self._parts.kv_budget.reserve_for_draft(None, 0)
            self._freed.clear()
