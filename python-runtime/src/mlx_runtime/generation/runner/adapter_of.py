"""The adapter of a sequence, with its arrays."""

from __future__ import annotations

from typing import cast

from ...model.adapters import Adapter
from ..sequence import Sequence


def adapter_of(sequence: Sequence) -> Adapter | None:
    """Planning carries adapters without looking into them, as it works without MLX."""
    return cast("Adapter | None", sequence.adapter)
