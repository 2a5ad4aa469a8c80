"""How a loaded model sees: what reads its images, and where they stand in its prompts."""

from __future__ import annotations

from ..model.directory import ModelDirectory
from ..model.loader import LoadedModel
from ..model.vision import image_token_id, vision_folder
from ..vision.families import counts_grids
from ..vision.processor_config import processor_options
from ..vision.reader import ImageReader
from .images import Sight


def make_sight(directory: ModelDirectory, loaded: LoadedModel) -> Sight | None:
    """None: the model reads text only."""
    folder = vision_folder()
    if isinstance(loaded.sight, str) or folder is None:
        return None
    options = processor_options(directory.path)
    reader = ImageReader(loaded.sight, loaded.config, options, folder)
    return Sight(loaded.sight, image_token_id(loaded.config), counts_grids(loaded.config), reader)
