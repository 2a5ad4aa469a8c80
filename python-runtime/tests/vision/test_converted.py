"""Models that see see as well when they were converted, with their towers as they were."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mlx.core as mx
import pytest

from mlx_runtime.errors import RpcError
from mlx_runtime.setup.convert_model import convert_model
from mlx_runtime.setup.schemes import ConversionError, Scheme

from .seeing import SeeingModel, Shown
from .tiny_models import FAMILIES, write_tiny_vision_model

PROMPT = ("Look: ", Shown(64, 64, 1), "What is it?")


def weights_of(directory: Path) -> dict[str, mx.array]:
    weights: Any = mx.load(str(directory / "model.safetensors"))
    return weights


@pytest.mark.parametrize("family", FAMILIES)
def test_as_they_are_they_answer_the_same(family: str, tmp_path: Path) -> None:
    source = write_tiny_vision_model(family, tmp_path / "source")
    convert_model(source, tmp_path / "out", None)
    before, after = (SeeingModel(path).reference(*PROMPT) for path in (source, tmp_path / "out"))
    assert after == before


@pytest.mark.parametrize(
    ("family", "scheme", "bits"),
    [*((family, "8", 8) for family in FAMILIES), ("qwen2_vl", "mixed", 4)],
)
def test_quantised_their_language_model_alone_is_packed(
    family: str, scheme: Scheme, bits: int, tmp_path: Path
) -> None:
    source = write_tiny_vision_model(family, tmp_path / "source")
    convert_model(source, tmp_path / "out", scheme)
    before, after = weights_of(source), weights_of(tmp_path / "out")
    packed = {name.removesuffix(".scales") for name in after if name.endswith(".scales")}
    assert packed
    assert all(name.startswith("language_model.") for name in packed)
    for name, value in before.items():
        if not name.startswith("language_model."):
            assert mx.array_equal(after[name], value).item(), name
    assert SeeingModel(tmp_path / "out", weights="stored").loaded.weights == f"{bits}-bit"


def test_without_what_reads_images_they_are_not_converted_blind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_tiny_vision_model("qwen2_vl", tmp_path / "source")
    monkeypatch.delenv("MLX_RUNTIME_VISION")
    with pytest.raises(ConversionError, match="mlx-engine setup --vision"):
        convert_model(source, tmp_path / "out", "4")


def test_a_tower_that_is_not_known_is_left_out_with_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_tiny_vision_model("gemma3", tmp_path / "source")
    config = json.loads((source / "config.json").read_text())
    (source / "config.json").write_text(json.dumps({**config, "model_type": "gemma4"}))
    with pytest.raises(RpcError, match="cannot be loaded"):
        convert_model(source, tmp_path / "out", None)
    assert "Leaving out what sees images" in capsys.readouterr().out
