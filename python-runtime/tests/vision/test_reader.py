"""Files that end, stop or fill the process that reads them are refused, and nothing else ends."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mlx_runtime.model.vision import vision_folder
from mlx_runtime.vision import reader as reader_module
from mlx_runtime.vision.families import FAMILIES
from mlx_runtime.vision.picture import RefusedImage
from mlx_runtime.vision.reader import ImageReader

from .seeing import Shown, png_of

GOOD, CRASH, HANG, FILL = (png_of(Shown(side, 8, 0)) for side in (8, 16, 24, 32))
PROCESSOR = """
import os, time
import numpy as np

class Processor:
    def __init__(self, **options): pass

    def __call__(self, images, return_tensors):
        if images.width == 16:
            os._exit(11)
        if images.width == 24:
            time.sleep(60)
        if images.width == 32:
            raise MemoryError
        pixels = np.zeros((1, 4), np.float32)
        return {"pixel_values": pixels, "image_grid_thw": np.array([[1, 2, 2]])}
"""


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ImageReader]:
    """With a processor that some sizes of images break."""
    (tmp_path / "breaking.py").write_text(PROCESSOR)
    paths = [str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    family = replace(FAMILIES["qwen2_vl"], processor=("breaking", "Processor"))
    folder = vision_folder()
    assert folder is not None
    reader = ImageReader(family, {"vision_config": {}}, {}, folder)
    yield reader
    reader.close()


def test_the_next_image_is_read_by_a_new_process(
    reader: ImageReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reader.read(GOOD).num_tokens > 0
    with pytest.raises(RefusedImage, match="ends the process"):
        reader.read(CRASH)
    with pytest.raises(RefusedImage, match="more memory"):
        reader.read(FILL)
    started = time.monotonic()
    with monkeypatch.context() as patch:
        patch.setattr(reader_module, "READ_SECONDS", 0.2)
        with pytest.raises(RefusedImage, match="keeps it too long"):
            reader.read(HANG)
    assert time.monotonic() - started < 10
    assert reader.read(png_of(Shown(8, 8, 1))).num_tokens > 0
