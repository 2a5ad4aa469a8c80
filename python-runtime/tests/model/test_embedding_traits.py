"""What sentence-transformers writes beside a model decides how its vectors are made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlx_runtime.model.embedding_traits import embedding_traits
from mlx_runtime.pooling import EmbeddingTraits

MODULES = "sentence_transformers.models."


def write_pooling(directory: Path, pooling: Any) -> Path:
    folder = directory / "1_Pooling"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(pooling))
    return directory


def write_modules(directory: Path, *names: str) -> Path:
    modules = [{"idx": index, "type": MODULES + name} for index, name in enumerate(names)]
    (directory / "modules.json").write_text(json.dumps(modules))
    return directory


def test_a_plain_language_model_is_pooled_by_the_mean(tmp_path: Path) -> None:
    assert embedding_traits(tmp_path, {}) == EmbeddingTraits("mean")


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [
        ({"pooling_mode_lasttoken": True, "pooling_mode_cls_token": False}, "last"),
        ({"pooling_mode_mean_tokens": True, "include_prompt": True}, "mean"),
        ({"pooling_mode": "lasttoken"}, "last"),
        ({"pooling_mode": "mean"}, "mean"),
    ],
)
def test_the_named_pooling_is_taken(tmp_path: Path, pooling: Any, expected: Any) -> None:
    directory = write_modules(write_pooling(tmp_path, pooling), "Transformer", "Pooling")

    assert embedding_traits(directory, {}) == EmbeddingTraits(expected)


@pytest.mark.parametrize(
    ("pooling", "named"),
    [
        ({"pooling_mode_cls_token": True}, "cls_token"),
        (
            {"pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": True},
            "mean_tokens and max_tokens",
        ),
        ({}, "none"),
    ],
)
def test_another_pooling_is_a_refusal_that_names_it(
    tmp_path: Path, pooling: Any, named: str
) -> None:
    refusal = embedding_traits(write_pooling(tmp_path, pooling), {}).refusal

    assert refusal is not None
    assert named in refusal


def test_a_layer_behind_the_pooling_is_a_refusal(tmp_path: Path) -> None:
    directory = write_modules(tmp_path, "Transformer", "Pooling", "Dense", "Normalize")

    assert "Dense" in (embedding_traits(directory, {}).refusal or "")


@pytest.mark.parametrize("config", [{"use_bidirectional_attention": True}, {"is_causal": False}])
def test_a_model_that_reads_both_ways_is_a_refusal(tmp_path: Path, config: Any) -> None:
    assert "both directions" in (embedding_traits(tmp_path, config).refusal or "")


def test_unreadable_files_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[1, {")

    assert embedding_traits(write_pooling(tmp_path, [1]), {}) == EmbeddingTraits()
