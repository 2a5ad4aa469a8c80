"""What a configuration says of its model's size."""

from __future__ import annotations

from typing import Any

import pytest

from mlx_runtime.model.shape import eos_token_ids, vocabulary_size


@pytest.mark.parametrize(
    ("config", "size"),
    [
        ({"vocab_size": 100}, 100),
        ({"text_config": {"vocab_size": 200}}, 200),
        ({"vocab_size": 100, "text_config": {"vocab_size": 200}}, 200),
        ({"vocab_size": 100, "text_config": {}}, 100),
        ({"vocab_size": 100, "text_config": None}, 100),
        ({}, None),
    ],
)
def test_the_language_models_vocabulary_counts(config: dict[str, Any], size: int | None) -> None:
    assert vocabulary_size(config) == size


@pytest.mark.parametrize("declared", ["2", True, -1, 10**30, 2.5, {"id": 2}, [[2], None, "2"]])
def test_only_ids_of_tokens_end_an_answer(declared: object) -> None:
    assert eos_token_ids({"eos_token_id": declared}, 7) == (7,)
