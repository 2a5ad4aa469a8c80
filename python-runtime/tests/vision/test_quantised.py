"""Models with a quantised language model answer as mlx-vlm does with the same files."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from generation.serving import serve

from .seeing import SeeingModel, Shown
from .tiny_models import FAMILIES, write_tiny_vision_model

PROMPTS = {
    "image": (Shown(64, 64, 1), "What is it?"),
    "wide": ("Look: ", Shown(200, 60, 3), " Describe what you see."),
    "text": ("Only words, no picture at all.",),
}


def _as_mlx_vlm_loads(directory: Path) -> Any:
    sys.modules.setdefault("requests", ModuleType("requests"))
    utils: Any = importlib.import_module("mlx_vlm.utils")
    return utils.load_model(directory)


@pytest.mark.parametrize(
    ("family", "bits"), [*((family, 4) for family in FAMILIES), ("qwen2_vl", 8)]
)
def test_they_answer_as_mlx_vlm_does(family: str, bits: int, tmp_path: Path) -> None:
    directory = write_tiny_vision_model(family, tmp_path, bits=bits)
    model = SeeingModel(directory, weights="stored")
    assert model.loaded.weights == f"{bits}-bit"
    inner = _as_mlx_vlm_loads(directory)
    expected = {name: model.reference(*parts, model=inner) for name, parts in PROMPTS.items()}
    generator = model.generator(prompt_cache_bytes=0)
    served = serve(generator, [model.request(name, *parts) for name, parts in PROMPTS.items()])
    assert {name: served[name].tokens for name in PROMPTS} == expected
