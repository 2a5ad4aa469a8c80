"""How sure a yes is, from how far it is ahead."""

from __future__ import annotations

import math


def logistic(value: float) -> float:
    """1 / (1 + exp(-value)), without overflow on either side."""
    smaller = math.exp(-abs(value))
    return (1.0 if value >= 0 else smaller) / (1.0 + smaller)
