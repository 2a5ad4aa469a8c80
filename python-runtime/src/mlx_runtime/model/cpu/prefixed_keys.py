"""Keys and values that are no single array, on their way through a model to `attention`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import mlx.core as mx


@dataclass(frozen=True, slots=True)
class PrefixKeys:
    """Of one layer: what some rows begin with, held once for all of them."""

    keys: mx.array
    """(1, heads, tokens, size), like `values`."""
    values: mx.array
    rows: Sequence[int]
    """Indices of the rows in their batch."""


@dataclass(frozen=True, slots=True)
class PrefixedKeys:
    """Takes the place of an array of keys on its way through a model to `attention`."""

    suffix: mx.array
    """(rows, heads, places, size): keys of what follows the prefixes."""
    prefixes: Sequence[PrefixKeys]
    order: mx.array | None
    """(rows,): each row's place among those of all prefixes, one after the other, and then rows
    without one; None: rows lie in that order."""
