"""Lanes of a decode step with prompts beside it have as many tokens as possible alike."""

from __future__ import annotations

import pytest

from mlx_runtime.generation.threads.shares import shares_of


@pytest.mark.parametrize(
    ("rows", "tokens", "lanes", "shares"),
    [
        (8, 56, 1, [56]),
        (8, 56, 2, [24, 32]),
        (8, 57, 2, [24, 33]),
        (1, 127, 4, [31, 32, 32, 32]),
        (30, 10, 2, [0, 10]),
    ],
)
def test_the_rows_count_among_the_tokens_of_the_first_lane(
    rows: int, tokens: int, lanes: int, shares: list[int]
) -> None:
    assert shares_of(rows, tokens, lanes) == shares


def test_few_tokens_stay_together_since_every_lane_reads_the_weights() -> None:
    assert [len(shares_of(8, tokens, 2)) for tokens in (8, 23, 24)] == [1, 1, 2]
    assert [len(shares_of(8, tokens, 4)) for tokens in (24, 119, 120)] == [1, 1, 4]
