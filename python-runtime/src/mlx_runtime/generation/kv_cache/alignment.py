"""Where the tokens of rows that run together lie, and what each may attend to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import mlx.core as mx

from ...model.cuda import own_kernels_in_use
from ..arrays import integer_array, on_gpu
from .shared_prefixes import SharedPrefixes

_GROWTH = 256
"""Places are added this many at a time."""
_GRAIN = 64
"""Where few shapes are better than exact ones, a pass attends to as many places as a multiple of
this; a divisor of `_GROWTH`."""


class Alignment:
    """How many tokens each row holds; shared by the layers of one batch."""

    def __init__(self, lengths: Iterable[int], prefixes: SharedPrefixes) -> None:
        self.prefixes = prefixes
        self._prepares = on_gpu()
        """Attention to several tokens is planned anew for every shape, for tens of milliseconds."""
        self.shows_all = own_kernels_in_use()
        """Attention takes no time for places that the mask hides, and wants them uncut."""
        self.lengths: Sequence[int] = ()
        self.change(lengths)

    def change(self, lengths: Iterable[int]) -> None:
        self.lengths = tuple(lengths)
        self.used = [
            length - apart
            for length, apart in zip(self.lengths, self.prefixes.lengths, strict=True)
        ]
        """Places of each row: its tokens but for the prefix."""
        self.longest = max(self.used, default=0)
        self.even = min(self.used, default=0) == self.longest
        self.offset = integer_array(self.lengths)
        """(rows,): the position of each row's next token."""
        self._next = integer_array(self.used) if any(self.prefixes.lengths) else self.offset
        self._places: dict[int, mx.array] = {}
        self._masks: dict[tuple[int, int], mx.array] = {}

    def places(self, width: int) -> mx.array:
        """(rows, 1, width, 1): where the next `width` tokens go; computed once for all layers."""
        if width not in self._places:
            places = self._next[:, None] + mx.arange(width)
            self._places[width] = places[:, None, :, None]
        return self._places[width]

    def mask(self, width: int, places: int) -> mx.array:
        """(rows, 1, width, places): what each of the next `width` tokens may attend to."""
        if (width, places) not in self._masks:
            self._masks[width, places] = mx.arange(places) <= self.places(width)
        return self._masks[width, places]

    def seen(self, width: int, held: int) -> int:
        """Places that a pass of `width` tokens attends to, those that the mask hides included.

        `held`: places that there are already.
        """
        used = self.longest + width
        if self.shows_all:
            return max(held, rounded(used))
        return used if width == 1 or not self._prepares else used + -used % _GRAIN


def rounded(places: int) -> int:
    """As many places as are added at a time."""
    return places + -places % _GROWTH
