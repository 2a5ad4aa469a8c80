"""How values are written in JSON, and how much of their schemas is held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Notation:
    """How values are written."""

    blank: str
    """A regular expression of what may stand between two pieces."""
    options: dict[str, Any]
    """Of llguidance's own `%json`, for numbers."""
    escapes: bool
    """Characters may be escaped that need not be."""
    types_only: bool = False
    """Of a schema no more is held than the type of its values."""
    counts_far: bool = True
    """Lengths of `FAR_LENGTH` and more are counted beside a pattern too."""


FAR_LENGTH = 128
"""Characters; from there on, counting beside a pattern costs more than all else."""
