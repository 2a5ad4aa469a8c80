"""Whether one model can draft for another. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_MOST_MISSING = 0.01
"""Share of the target's tokens that a draft model may lack; newer special tokens often."""


@dataclass(frozen=True, slots=True)
class DraftSide:
    """What matters of a model, target or draft."""

    vocabulary: Mapping[str, int]
    """Id of each token's text."""
    parameter_count: int
    context_length: int
    rewinds: bool
    """True: tokens can be taken back from its caches, also in a batch."""
    has_lm_head: bool


@dataclass(frozen=True, slots=True)
class Fit:
    errors: tuple[str, ...]
    """Why it cannot draft."""
    warnings: tuple[str, ...]
    """Why it may not pay."""


def fit_of(target: DraftSide, draft: DraftSide) -> Fit:
    errors, warnings = _vocabulary_faults(target.vocabulary, draft.vocabulary)
    if not target.rewinds:
        errors.append("The primary model's cache cannot take tokens back, so nothing is drafted")
    if not draft.rewinds:
        errors.append("The draft model's cache cannot take tokens back (it slides or is recurrent)")
    if not draft.has_lm_head:
        errors.append("The draft model's checkpoint has no head: it makes embeddings only")
    if draft.parameter_count >= target.parameter_count:
        warnings.append("The draft model is not smaller than the primary model")
    if draft.context_length < target.context_length:
        warnings.append(f"Nothing is drafted beyond {draft.context_length} tokens of context")
    return Fit(tuple(errors), tuple(warnings))


def _vocabulary_faults(
    target: Mapping[str, int], draft: Mapping[str, int]
) -> tuple[list[str], list[str]]:
    missing = [token for token in target if token not in draft]
    moved = [token for token, id in target.items() if draft.get(token, id) != id]
    if moved:
        return [
            f"The vocabularies differ: {len(moved)} of {len(target)} tokens have other ids, "
            f"such as {moved[0]!r}"
        ], []
    if len(missing) > _MOST_MISSING * len(target):
        return [
            f"The vocabularies differ: the draft model lacks {len(missing)} of {len(target)} "
            f"tokens, such as {missing[0]!r}"
        ], []
    if missing:
        return [], [f"The draft model lacks {len(missing)} tokens, such as {missing[0]!r}"]
    return [], []
