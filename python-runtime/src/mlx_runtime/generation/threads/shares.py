"""How a decode step and the prompts beside it are divided among lanes.

Each lane is an MLX stream, hence a thread, as in `parallel_prefill`. The first one has the rows
that decode; behind them tokens of the prompts follow in order, so that all lanes have as
many tokens as possible alike.
"""

from __future__ import annotations

_FEWEST_TOKENS = 8
"""Of a lane, for each lane: all of them read the weights, which come from one memory."""


def shares_of(rows: int, tokens: int, most: int) -> list[int]:
    """How many of the prompts' tokens each lane computes, at most so many lanes; the first one,
    which may have none, beside so many rows."""
    lanes = most
    if rows + tokens < _FEWEST_TOKENS * lanes * lanes:
        return [tokens]
    first = max(0, (rows + tokens) // lanes - rows)
    others = max(1, lanes - 1)
    width, more = divmod(tokens - first, others)
    return [first, *(width + (index < more) for index in range(lanes - 1))]
