"""Whether a model is loaded so that it sees images, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...vision.families import FAMILIES, VisionFamily, family_of
from ..weight_files import load_failed
from .mlx_vlm_import import vision_folder

TEXT_ONLY = "The model reads text only"
NOT_INSTALLED = (
    "What reads images is not installed: run `npx mlx-engine setup --vision` once, "
    "then load the model again"
)
_TOWERS = ("vision", "visual")
"""What the names of a vision tower's weights contain."""


def choose_vision(
    wanted: bool | None, config: Mapping[str, Any], weight_names: frozenset[str]
) -> VisionFamily | str:
    """The family by which the model sees, or why it does not.

    `wanted`: None: it sees where it can.

    Raises RpcError `model_load_failed` where it has to see and cannot.
    """
    found = _family(config, weight_names)
    if wanted is False and not isinstance(found, str):
        return "The model was loaded for text only"
    if wanted and isinstance(found, str):
        raise load_failed(found)
    return found


def _family(config: Mapping[str, Any], weight_names: frozenset[str]) -> VisionFamily | str:
    family = family_of(config)
    if family is None and isinstance(config.get("vision_config"), dict):
        known = ", ".join(sorted(FAMILIES))
        return (
            f"Images for models of the type '{config.get('model_type')}' are not supported; "
            f"those of {known} are"
        )
    if family is None:
        return TEXT_ONLY
    if not has_tower(weight_names):
        return "The model's files hold its language model alone, without what sees images"
    return NOT_INSTALLED if vision_folder() is None else family


def has_tower(weight_names: frozenset[str]) -> bool:
    """Whether there are weights that see."""
    return any(tower in name for name in weight_names for tower in _TOWERS)
