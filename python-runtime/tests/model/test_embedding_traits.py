"""What sentence-transformers writes beside a model decides how its vectors are made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file

from mlx_runtime.model.embedding_traits import embedding_traits, longest_text
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
        ({"pooling_mode_cls_token": True}, "cls"),
    ],
)
def test_the_named_pooling_is_taken(tmp_path: Path, pooling: Any, expected: Any) -> None:
    directory = write_modules(write_pooling(tmp_path, pooling), "Transformer", "Pooling")

    assert embedding_traits(directory, {}) == EmbeddingTraits(expected)


@pytest.mark.parametrize(
    ("pooling", "named"),
    [
        ({"pooling_mode_max_tokens": True}, "max_tokens"),
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


def write_dense(directory: Path, **config: Any) -> NDArray[np.float32]:
    modules = [{"path": "", "type": MODULES + "Transformer"}]
    modules.append({"path": "2_Dense", "type": MODULES + "Dense"})
    (directory / "modules.json").write_text(json.dumps(modules))
    folder = directory / "2_Dense"
    folder.mkdir()
    weight = np.arange(6, dtype=np.float32).reshape(3, 2)
    save_file({"linear.weight": weight}, folder / "model.safetensors")
    described = {"in_features": 2, "out_features": 3, "bias": False, **config}
    (folder / "config.json").write_text(json.dumps(described))
    return weight


@pytest.mark.parametrize(("name", "applied"), [("Identity", np.copy), ("Tanh", np.tanh)])
def test_a_layer_behind_the_pooling_is_applied(tmp_path: Path, name: str, applied: Any) -> None:
    weight = write_dense(tmp_path, activation_function=f"torch.nn.modules.activation.{name}")

    traits = embedding_traits(tmp_path, {})

    assert traits.refusal is None
    (projection,) = traits.projections
    vector = np.array([0.5, -0.25])
    np.testing.assert_allclose(projection(vector), applied(weight @ vector))


@pytest.mark.parametrize(
    ("config", "named"),
    [({"activation_function": "torch.nn.ReLU"}, "'ReLU'"), ({"out_features": 4}, "do not fit")],
)
def test_a_layer_that_is_not_known_is_a_refusal(
    tmp_path: Path, config: dict[str, Any], named: str
) -> None:
    write_dense(tmp_path, **config)

    assert named in (embedding_traits(tmp_path, {}).refusal or "")


def test_a_layer_that_is_missing_is_a_refusal(tmp_path: Path) -> None:
    directory = write_modules(tmp_path, "Transformer", "Pooling", "Dense", "Normalize")

    assert "cannot be read" in (embedding_traits(directory, {}).refusal or "")


def test_prompts_and_the_longest_text_are_read(tmp_path: Path) -> None:
    prompts = {"query": "Instruct: find\nQuery:", "document": ""}
    content = {"prompts": prompts, "default_prompt_name": "document"}
    (tmp_path / "config_sentence_transformers.json").write_text(json.dumps(content))
    (tmp_path / "sentence_bert_config.json").write_text('{"max_seq_length": 256}')

    traits = embedding_traits(tmp_path, {})

    assert (traits.prompts, traits.default_prompt) == (prompts, "document")
    assert longest_text(tmp_path) == 256


@pytest.mark.parametrize("config", [{"use_bidirectional_attention": True}, {"is_causal": False}])
def test_a_model_that_reads_both_ways_is_a_refusal(tmp_path: Path, config: Any) -> None:
    assert "both directions" in (embedding_traits(tmp_path, config).refusal or "")


def test_unreadable_files_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[1, {")

    assert embedding_traits(write_pooling(tmp_path, [1]), {}) == EmbeddingTraits()
