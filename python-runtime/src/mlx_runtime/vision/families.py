"""The families of models that see, and how each wants its images.

A model takes an image through a processor of transformers, which is named here and never by
the model's files, and finds it in the prompt at tokens that stand for its features.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import numpy as np

from .picture import Array

Facts = Mapping[str, Array]
Detail = Literal["auto", "low", "high"]

_LOW_EDGE = 512
"""Longest edge in pixels of an image with `detail: "low"`."""


@dataclass(frozen=True, slots=True)
class PreparedImage:
    """What a layout depends on."""

    config: Mapping[str, Any]
    """The model's."""
    pixels: Array
    facts: Facts
    """What else the processor says."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How an image that was read looks in a prompt."""

    text: str
    """What stands in the place of the placeholder, before it is turned into tokens."""
    num_tokens: int
    grid: tuple[int, int] | None = None
    """Rows and columns of tokens, where positions count both."""


@dataclass(frozen=True, slots=True)
class VisionFamily:
    processor: tuple[str, str]
    """Module and class in transformers."""
    placeholder: str
    """What a chat template writes for an image."""
    layout: Callable[[PreparedImage], Layout]
    around: tuple[str, str] = ("", "")
    """What the template writes before and behind a placeholder."""
    low_detail: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Options of the processor for `detail: "low"`."""
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Options of the processor in any case."""


def _by_grid(image: PreparedImage) -> Layout:
    merge = int(_vision(image.config).get("spatial_merge_size", 2))
    _, height, width = np.asarray(image.facts["image_grid_thw"]).reshape(-1).astype(int).tolist()
    rows, columns = height // merge, width // merge
    return Layout("<|image_pad|>" * (rows * columns), rows * columns, (rows, columns))


def _by_tiles(image: PreparedImage) -> Layout:
    patch = int(_vision(image.config).get("patch_size", 14))
    scale = int(image.config.get("scale_factor", 2))
    tiles, height, width = image.pixels.shape[1], image.pixels.shape[3], image.pixels.shape[4]
    each = (height // patch) * (width // patch) // scale**2
    rows, columns = (int(np.asarray(image.facts[name]).reshape(-1)[0]) for name in ("rows", "cols"))
    features = "<image>" * each
    around = "<fake_token_around_image>"
    lines = [
        "".join(f"{around}<row_{row}_col_{column}>{features}" for column in range(1, columns + 1))
        + "\n"
        for row in range(1, rows + 1)
    ]
    whole = f"{around}<global-img>{features}{around}"
    return Layout("".join(lines) + ("\n" if rows else "") + whole, each * tiles)


def _by_rows(image: PreparedImage) -> Layout:
    patch = int(_vision(image.config).get("patch_size", 16))
    height, width = np.asarray(image.facts["image_sizes"]).reshape(-1).astype(int).tolist()
    rows, columns = height // patch, width // patch
    lines = ["[IMG]" * columns] * rows
    return Layout("[IMG_BREAK]".join(lines) + "[IMG_END]", rows * columns)


def _of_fixed_size(image: PreparedImage) -> Layout:
    text_config = cast("Mapping[str, Any]", image.config.get("text_config") or {})
    each = int(text_config.get("mm_tokens_per_image", 256))
    features = "<image_soft_token>" * each
    return Layout(f"\n\n<start_of_image>{features}<end_of_image>\n\n", each)


def _vision(config: Mapping[str, Any]) -> Mapping[str, Any]:
    return config.get("vision_config") or {}


def _processor(package: str, name: str) -> tuple[str, str]:
    return f"transformers.models.{package}.image_processing_pil_{package}", name


_QWEN = VisionFamily(
    processor=_processor("qwen2_vl", "Qwen2VLImageProcessorPil"),
    placeholder="<|image_pad|>",
    layout=_by_grid,
    around=("<|vision_start|>", "<|vision_end|>"),
    low_detail={"max_pixels": _LOW_EDGE**2},
)


def _idefics(package: str, name: str) -> VisionFamily:
    return VisionFamily(
        processor=_processor(package, name),
        placeholder="<image>",
        layout=_by_tiles,
        low_detail={"do_image_splitting": False},
        options={"return_row_col_info": True},
    )


FAMILIES: Mapping[str, VisionFamily] = {
    "qwen2_vl": _QWEN,
    "qwen2_5_vl": _QWEN,
    "qwen3_vl": _QWEN,
    "smolvlm": _idefics("smolvlm", "SmolVLMImageProcessorPil"),
    "idefics3": _idefics("idefics3", "Idefics3ImageProcessorPil"),
    "pixtral": VisionFamily(
        processor=_processor("pixtral", "PixtralImageProcessorPil"),
        placeholder="[IMG]",
        layout=_by_rows,
        low_detail={"size": {"longest_edge": _LOW_EDGE}},
    ),
    "gemma3": VisionFamily(
        processor=_processor("gemma3", "Gemma3ImageProcessorPil"),
        placeholder="<start_of_image>",
        layout=_of_fixed_size,
        options={"do_pan_and_scan": False},
    ),
}
"""By `model_type`."""


def counts_grids(config: Mapping[str, Any]) -> bool:
    """True where positions count an image's rows and columns, see `positions`."""
    return FAMILIES.get(str(config.get("model_type"))) is _QWEN


def family_of(config: Mapping[str, Any]) -> VisionFamily | None:
    """The family of a model that sees; None: it reads text only."""
    if not isinstance(config.get("vision_config"), dict):
        return None
    return FAMILIES.get(str(config.get("model_type")))
