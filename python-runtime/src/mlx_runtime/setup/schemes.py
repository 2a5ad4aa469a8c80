"""How weights can be kept, and why a source cannot be converted so."""

from __future__ import annotations

from typing import Literal, TypeAlias

Scheme: TypeAlias = Literal["4", "8", "mxfp4", "nvfp4", "mixed"]


class ConversionError(ValueError):
    """The source cannot be converted as was asked."""
