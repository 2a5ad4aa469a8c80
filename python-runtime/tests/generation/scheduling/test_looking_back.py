"""As how many tokens those count that look back on many others."""

from __future__ import annotations

import pytest

from mlx_runtime.generation.scheduling.looking_back import LookingBack, PromptTokens

PER_TOKEN = 0.002
PLACES = 2500
"""That cost as much to look at as everything else that a token takes."""


def observe(looking_back: LookingBack, computed: int, tokens: int, disturbed: float = 1.0) -> None:
    prompts = PromptTokens.behind(computed, tokens)
    seconds = PER_TOKEN * (prompts.tokens + prompts.seen / PLACES)
    looking_back.observe(prompts, seconds * disturbed)


def learned() -> LookingBack:
    looking_back = LookingBack()
    for computed in range(0, 3000, 50):
        observe(looking_back, computed, 50)
    return looking_back


def found(looking_back: LookingBack) -> float:
    """Places, as learned."""
    return 1000 / (looking_back.count(PromptTokens(1, 1000)) - 1)


def test_a_token_sees_itself_and_all_before_it_and_a_pass_has_to_get_at_them() -> None:
    assert PromptTokens.behind(0, 3) == (3, 1 + 2 + 3)
    few, more = PromptTokens.behind(10, 2), PromptTokens.behind(10, 3)
    assert more.seen - few.seen == 13
    assert few.seen > 11 + 12


def test_what_looking_back_costs_is_found_in_one_long_prompt() -> None:
    assert found(learned()) == pytest.approx(PLACES, rel=0.2)


@pytest.mark.parametrize("place", [500, 2900])
def test_one_disturbed_pass_changes_little(place: int) -> None:
    looking_back = learned()
    observe(looking_back, place, 50, 30)
    assert found(looking_back) == pytest.approx(PLACES, rel=0.35)


def test_it_is_remembered_through_texts_of_one_length() -> None:
    looking_back = learned()
    for _ in range(300):
        observe(looking_back, PLACES, 20)
    assert found(looking_back) == pytest.approx(PLACES, rel=0.35)


def test_as_many_tokens_as_count_as_that_many() -> None:
    assert LookingBack().most(3000, 400) == 400
    looking_back = learned()
    for computed in (0, 100, 3000):
        tokens = looking_back.most(computed, 400)
        assert looking_back.count(PromptTokens.behind(computed, tokens)) <= 401
        assert looking_back.count(PromptTokens.behind(computed, tokens + 2)) > 400


def test_a_prompt_goes_on_however_far_it_is() -> None:
    assert learned().most(10**6, 40) == 16
