"""Keys and values of a pass whose rows are of unequal kinds, on their way to attention."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import mlx.core as mx


@dataclass(frozen=True, slots=True)
class RaggedPart:
    """What some of a pass's rows, each of one token, attend to."""

    rows: int
    keys: Any
    """As attention takes them: (rows, heads, places, size), like `values`; of a text
    (1, heads, places, size)."""
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


def attend_raggedly(
    attend: Callable[..., mx.array],
    q: mx.array,
    keys: RaggedKeys,
    *,
    scale: float,
    sinks: mx.array | None,
    **options: Any,
) -> mx.array:
    """(rows, query heads, 1, size) from q of that shape: each part by itself, as `attend` does.

    A text's rows are turned into the tokens of one. Raises NotImplementedError for rows of
    several tokens, and for `options`, of which nothing is known.
    """
    if options or q.shape[2] > 1:
        raise NotImplementedError("attention of this kind to rows of unequal kinds")
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
