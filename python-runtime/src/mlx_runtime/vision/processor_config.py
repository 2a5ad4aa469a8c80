"""How a model's files want its images prepared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

_ABOUT_THE_FILE = {
    "_valid_kwargs_names",
    "auto_map",
    "device",
    "feature_extractor_type",
    "image_processor_type",
    "input_data_format",
    "processor_class",
    "return_tensors",
}
"""Keys that name classes or places, not how to prepare an image."""


def processor_options(directory: Path) -> dict[str, Any]:
    """Options of the image processor; none where the model's files say nothing."""
    processor = _object(directory / "processor_config.json")
    options = processor.get("image_processor")
    if not isinstance(options, dict):
        options = _object(directory / "preprocessor_config.json")
    known = cast("Mapping[str, Any]", options)
    return {
        name: value
        for name, value in known.items()
        if name not in _ABOUT_THE_FILE and value is not None
    }


def _object(path: Path) -> dict[str, Any]:
    try:
        value: Any = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
