"""Keys and values that are no single array, on their way through a model to `attention`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

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


@dataclass(frozen=True, slots=True)
class RaggedPart:
    """What some of a pass's rows, each of one token, look at."""

    rows: int
    keys: mx.array | PrefixedKeys
    """(rows, heads, places, size), like `values`; of a text (1, heads, places, size)."""
    values: mx.array
    mask: mx.array | str | None
    """Of a text's tokens, as attention to it takes it."""
    is_text: bool
    """True when the rows are the next tokens of one text."""


@dataclass(frozen=True, slots=True)
class RaggedKeys:
    """Takes the place of an array of keys where rows of unequal kinds share a pass."""

    parts: Sequence[RaggedPart]
    """Of consecutive rows, all of them."""


@dataclass(frozen=True, slots=True)
class NextPlaces:
    """Where rows keep their keys and values, for attention that writes their next ones itself."""

    keys: mx.array
    """(rows, heads, places, size), like `values`; whole, and read by nobody at the places behind
    a row's tokens."""
    values: mx.array
    lengths: mx.array
    """(rows,), int32: the tokens of each row, so the place and position of its next one."""
    longest: int
    """The largest of them."""


class RowsAndTexts(NamedTuple):
    """Whose tokens a pass has in which rows decode and parts of prompts are computed: first
    those of the rows, one each, then those of each text."""

    rows: int
    places: NextPlaces | None
    """Of the rows; None where there are none."""
    texts: Sequence[tuple[Any, int]]
    """The plain cache of each text, and how many tokens come next in it."""


def attend_raggedly(
    attend: Callable[..., mx.array],
    q: mx.array,
    keys: RaggedKeys,
    scale: float,
    sinks: mx.array | None,
) -> mx.array:
    """Each part by itself; a text's rows are turned into the tokens of one.

    `attend` takes what attention in models takes. q: (rows, query heads, 1, size), as what is
    returned.
    """
    attended: list[mx.array] = []
    first = 0
    for part in keys.parts:
        own = q[first : first + part.rows]
        first += part.rows
        found = attend(
            mx.swapaxes(own, 0, 2) if part.is_text else own,
            part.keys,
            part.values,
            scale=scale,
            mask=part.mask,
            sinks=sinks,
        )
        attended.append(mx.swapaxes(found, 0, 2) if part.is_text else found)
    return mx.concatenate(attended)
