"""As how many tokens those count that attend to many others."""

from __future__ import annotations

import pytest

from mlx_runtime.generation.scheduling.attention_cost import AttentionCost, PromptTokens

PER_TOKEN = 0.002
KEYS = 2500
"""That cost as much to attend to as everything else that a token takes."""


def observe(cost: AttentionCost, computed: int, tokens: int, disturbed: float = 1.0) -> None:
    prompts = PromptTokens.behind(computed, tokens)
    seconds = PER_TOKEN * (prompts.tokens + prompts.attended / KEYS)
    cost.observe(prompts, seconds * disturbed)


def learned() -> AttentionCost:
    cost = AttentionCost()
    for computed in range(0, 3000, 50):
        observe(cost, computed, 50)
    return cost


def found(cost: AttentionCost) -> float:
    """Keys, as learned."""
    return 1000 / (cost.count(PromptTokens(1, 1000)) - 1)


def test_a_token_attends_to_itself_and_all_before_it_and_a_pass_has_to_load_their_keys() -> None:
    assert PromptTokens.behind(0, 3) == (3, 1 + 2 + 3)
    few, more = PromptTokens.behind(10, 2), PromptTokens.behind(10, 3)
    assert more.attended - few.attended == 13
    assert few.attended > 11 + 12


def test_what_attention_costs_is_found_in_one_long_prompt() -> None:
    assert found(learned()) == pytest.approx(KEYS, rel=0.2)


@pytest.mark.parametrize("place", [500, 2900])
def test_one_disturbed_pass_changes_little(place: int) -> None:
    cost = learned()
    observe(cost, place, 50, 30)
    assert found(cost) == pytest.approx(KEYS, rel=0.35)


def test_it_is_remembered_through_texts_of_one_length() -> None:
    cost = learned()
    for _ in range(300):
        observe(cost, KEYS, 20)
    assert found(cost) == pytest.approx(KEYS, rel=0.35)


def test_as_many_tokens_as_count_as_that_many() -> None:
    assert AttentionCost().most(3000, 400) == 400
    cost = learned()
    for computed in (0, 100, 3000):
        tokens = cost.most(computed, 400)
        assert cost.count(PromptTokens.behind(computed, tokens)) <= 401
        assert cost.count(PromptTokens.behind(computed, tokens + 2)) > 400


def test_a_prompt_goes_on_however_far_it_is() -> None:
    assert learned().most(10**6, 40) == 16
