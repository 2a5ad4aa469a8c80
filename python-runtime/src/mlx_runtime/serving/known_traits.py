"""What one process found out about a model, as text that a later one can take it from.

Whoever restarts a process hands it back, so that a crash does not cost the
time of looking again.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from ..generation.model_traits import ModelTraits


@dataclass(frozen=True, slots=True)
class _Known:
    fingerprint: str
    """Of the model, its files and its types of numbers."""
    traits: ModelTraits


def to_text(traits: ModelTraits, fingerprint: str) -> str:
    return msgspec.json.encode(_Known(fingerprint, traits)).decode()


def of_text(text: str) -> ModelTraits:
    """Whatever model it is about; raises msgspec.DecodeError."""
    return msgspec.json.decode(text, type=_Known).traits


def from_text(text: str | None, fingerprint: str) -> ModelTraits | None:
    """None: there is nothing, or it is about another model."""
    if text is None:
        return None
    try:
        known = msgspec.json.decode(text, type=_Known)
    except msgspec.DecodeError:
        return None
    return known.traits if known.fingerprint == fingerprint else None
