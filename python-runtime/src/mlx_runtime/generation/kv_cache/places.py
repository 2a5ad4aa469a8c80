"""Arrays with a place for each token of rows: making, growing, joining and cutting them.

All that is returned is contiguous.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import mlx.core as mx

from .alignment import Alignment, rounded


def with_room(held: mx.array | None, new: mx.array, places: int) -> mx.array:
    """(rows, heads, places, size): `held` with at least so many places; `new`, of that shape, has
    those of what is to come."""
    if held is None:
        rows, heads, _, size = new.shape
        return mx.zeros((rows, heads, rounded(places), size), new.dtype)
    return held if held.shape[2] >= places else grown(held, places)


def grown(held: mx.array, places: int) -> mx.array:
    """(rows, heads, places, size): a copy with at least so many places, more than there are."""
    missing = rounded(places) - held.shape[2]
    return mx.pad(held, cast("Any", [(0, 0), (0, 0), (0, missing), (0, 0)]))


def stacked(rows: Sequence[mx.array | None], alignment: Alignment) -> mx.array | None:
    """(rows, heads, places, size) with room for more than is used; zeros where nothing was read."""
    known = next((row for row in rows if row is not None), None)
    if known is None:
        return None
    _, heads, _, size = known.shape
    held = mx.zeros((len(rows), heads, rounded(alignment.longest + 1), size), known.dtype)
    parts = zip(rows, alignment.prefixes.lengths, alignment.used, strict=True)
    for index, (row, apart, used) in enumerate(parts):
        if row is not None and used:
            held[index, :, :used] = row[0, :, apart : apart + used]
    return held


def joined(
    first: mx.array | None, second: mx.array | None, rows: tuple[int, int], places: int
) -> mx.array | None:
    """(rows, heads, places, size): rows of both, so many of each, with room for more than `places`;
    zeros for those of which nothing was read.

    Written once: padding and concatenating would copy a batch of long rows twice.
    """
    known = second if first is None else first
    if known is None:
        return None
    _, heads, _, size = known.shape
    parts = [part for part in (first, second) if part is not None]
    places = max(rounded(places + 1), *(part.shape[2] for part in parts))
    held = mx.zeros((sum(rows), heads, places, size), known.dtype)
    if first is not None:
        held[: rows[0], :, : first.shape[2]] = first
    if second is not None:
        held[rows[0] :, :, : second.shape[2]] = second
    return held


def kept_rows(held: mx.array | None, rows: mx.array, places: int) -> mx.array | None:
    """(rows, heads, places, size): some of the rows, with room for so many places."""
    return None if held is None else mx.contiguous(held[rows, :, : rounded(places)])


def nbytes(held: mx.array | None) -> int:
    """`held`: of any shape."""
    return 0 if held is None else held.nbytes
