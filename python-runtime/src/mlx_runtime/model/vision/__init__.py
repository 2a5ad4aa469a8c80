"""Models that see: mlx-vlm's classes, and what our batch needs of them."""

from .choose import choose_vision
from .classes import vision_classes
from .language import VisionLanguageModel, image_token_id, seeing_model
from .mlx_vlm_import import vision_folder

__all__ = [
    "VisionLanguageModel",
    "choose_vision",
    "image_token_id",
    "seeing_model",
    "vision_classes",
    "vision_folder",
]
