"""What counts as come true of a prediction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlx_runtime.serving.prediction import Prediction

texts = st.lists(st.integers(0, 4), max_size=30)


def counts(prediction: str, answer: str) -> tuple[int, int]:
    followed = Prediction([ord(letter) for letter in prediction])
    for letter in answer:
        followed.push(ord(letter))
    return followed.accepted, followed.rejected


@pytest.mark.parametrize(
    ("prediction", "answer", "accepted"),
    [
        ("abcdef", "abcdef", 6),
        ("abcdef", "abcdef and more", 6),
        ("abcdef", "abc", 3),
        ("abcdef", "xyz", 0),
        ("abcdef", "", 0),
        ("", "abc", 0),
        # One token changed, put in, left out, and put before everything.
        ("abcdef", "abXdef", 5),
        ("abcdef", "abcXdef", 6),
        ("abcdef", "abdef", 5),
        ("abcdef", "Xabcdef", 6),
        # What the answer says twice came true once.
        ("abcdef", "abcdefabcdef", 6),
        # One token by itself may be anywhere; at the beginning it is where it should be.
        ("abcdef", "XdX", 0),
        ("abcdef", "aXX", 1),
        # The next place comes first.
        ("abXcdabYcd", "abXcdabYcd", 10),
        ("abXcdabYcd", "abZabYcd", 7),
    ],
)
def test_a_predicted_token_comes_true_behind_the_one_before_it(
    prediction: str, answer: str, accepted: int
) -> None:
    assert counts(prediction, answer) == (accepted, len(prediction) - accepted)


@given(texts, texts)
def test_no_token_of_either_text_counts_twice(prediction: list[int], answer: list[int]) -> None:
    followed = Prediction(prediction, answer)
    assert followed.accepted + followed.rejected == len(prediction)
    assert followed.accepted <= len(answer)


@given(texts, texts, texts)
def test_an_answer_that_is_continued_counts_like_one_in_one_piece(
    prediction: list[int], first: list[int], rest: list[int]
) -> None:
    continued = Prediction(prediction, first)
    for token in rest:
        continued.push(token)
    assert continued.accepted == Prediction(prediction, [*first, *rest]).accepted
