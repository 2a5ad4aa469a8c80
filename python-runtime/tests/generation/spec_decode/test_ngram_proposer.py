"""What a row's own text foretells, and what is known of how often it is right."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mlx_runtime.generation.spec_decode.ngram_proposer import NgramProposer

texts = st.lists(st.integers(0, 3), min_size=1, max_size=60)


@given(texts, st.integers(1, 12))
def test_a_draft_continues_the_latest_place_where_the_end_stood_before(
    text: list[int], count: int
) -> None:
    draft = NgramProposer(text).draft(count)

    places = [
        place
        for length in (3, 2)
        for place in range(len(text) - 1, length - 1, -1)
        if len(text) > length and text[place - length : place] == text[-length:]
    ]
    if not places:
        assert draft == []
        return
    expected = list(text)
    for offset in range(count):
        expected.append(expected[places[0] + offset])
    assert draft == expected[len(text) :]


@given(texts, texts)
def test_tokens_pushed_one_by_one_are_found_like_a_prompt_s(
    head: list[int], tail: list[int]
) -> None:
    pushed = NgramProposer(head)
    for token in tail:
        pushed.push(token)
    # A token that occurs nowhere before ends whatever place was followed.
    for token in (9, *tail[-3:]):
        pushed.push(token)

    assert pushed.draft(8) == NgramProposer([*head, *tail, 9, *tail[-3:]]).draft(8)


def test_a_place_is_followed_while_it_is_right() -> None:
    lookup = NgramProposer([1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2])

    for token in (3, 4, 5):
        assert lookup.draft(1) == [token]
        lookup.push(token)

    assert lookup.draft(4) == [6, 7, 8, 0]


def test_the_odds_fall_with_every_token_and_with_every_miss() -> None:
    lookup = NgramProposer([1, 2, 3, 4, 5, 6, 1, 2])
    before = list(lookup.joint_probabilities(4))
    assert before == sorted(before, reverse=True)
    assert 0 < before[-1] < before[0] < 1

    for token in (9, 1, 2):
        lookup.push(token)

    assert next(lookup.joint_probabilities(1)) < before[0]


def test_a_text_that_keeps_repeating_itself_is_trusted_more_and_more() -> None:
    lookup = NgramProposer([1, 2, 3, 1, 2])
    probabilities: list[float] = []
    for token in [3, 1, 2] * 10:
        probabilities.append(list(lookup.joint_probabilities(8))[-1])
        lookup.push(token)
    assert probabilities[-1] > 0.7 > probabilities[0]


def test_without_a_place_nothing_is_promised() -> None:
    lookup = NgramProposer([1, 2, 3])
    assert lookup.draft(5) == []
    assert list(lookup.joint_probabilities(5)) == []
