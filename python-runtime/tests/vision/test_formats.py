"""What is seen of a file depends on its pixels, not on its format, name or Exif data."""

from __future__ import annotations

import importlib
import io
from typing import Any

import numpy as np
import pytest

from mlx_runtime.model.vision import vision_folder
from mlx_runtime.vision.picture import RefusedImage
from mlx_runtime.vision.reader import refuse_by_header
from mlx_runtime.vision.reader_process import open_image

from .seeing import Shown, png_of

pytestmark = pytest.mark.skipif(vision_folder() is None, reason="what reads images is missing")
PNG = png_of(Shown(48, 32, 1))
LOSSY = 12.0
"""Mean difference of a colour, of 255, that a lossy format may make."""
BLOCKS = 8
"""Edge in pixels of what one colour fills: lossy formats keep flat areas."""


def _pillow(module: str = "Image") -> Any:
    return importlib.import_module(f"PIL.{module}")


def _pixels(content: bytes) -> Any:
    refuse_by_header(content)
    return np.asarray(open_image(content), dtype=np.float32)


def _flat() -> Any:
    """Few colours in large blocks, none of them transparent."""
    colours = np.random.default_rng(3).integers(0, 255, (4, 6, 3), dtype=np.uint8)
    return _pillow().fromarray(np.kron(colours, np.ones((BLOCKS, BLOCKS, 1), dtype=np.uint8)))


def _saved(image: Any, format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("format", "options", "tolerance"),
    [
        ("PNG", {}, 0.0),
        ("GIF", {}, 0.0),
        ("WEBP", {"lossless": True}, 0.0),
        ("WEBP", {"quality": 90}, LOSSY),
        ("JPEG", {"quality": 95}, LOSSY),
        ("JPEG", {"quality": 95, "progressive": True}, LOSSY),
    ],
)
def test_each_format_is_seen_as_it_is(
    format: str, options: dict[str, Any], tolerance: float
) -> None:
    image = _flat()
    seen = _pixels(_saved(image, format, **options))
    assert seen.shape == (32, 48, 3)
    assert np.abs(seen - np.asarray(image)).mean() <= tolerance


def test_grey_of_sixteen_bits_keeps_its_shades() -> None:
    grey = np.asarray(_flat().convert("L"))
    deep = _pillow().fromarray(grey.astype(np.uint16) * 257)
    assert deep.mode == "I;16"
    assert np.array_equal(_pixels(_saved(deep, "PNG")), np.repeat(grey[..., None], 3, axis=2))


@pytest.mark.parametrize("format", ["GIF", "WEBP"])
def test_of_an_animation_the_first_frame_is_seen(format: str) -> None:
    first, second = _flat(), _pillow().new("RGB", (48, 32), (250, 0, 0))
    options = {"lossless": True} if format == "WEBP" else {}
    content = _saved(first, format, save_all=True, append_images=[second], duration=50, **options)
    assert np.array_equal(_pixels(content), np.asarray(first))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_exif_orientation_is_honoured(format: str, orientation: int) -> None:
    upright = _flat()
    transposed = _pillow().Transpose
    # What has to be done to the upright image for its orientation to be undone again.
    stored = {
        1: None,
        2: transposed.FLIP_LEFT_RIGHT,
        3: transposed.ROTATE_180,
        4: transposed.FLIP_TOP_BOTTOM,
        5: transposed.TRANSPOSE,
        6: transposed.ROTATE_90,
        7: transposed.TRANSVERSE,
        8: transposed.ROTATE_270,
    }[orientation]
    exif = _pillow().Exif()
    exif[0x0112] = orientation
    turned = upright if stored is None else upright.transpose(stored)
    seen = _pixels(_saved(turned, format, exif=exif, quality=95))
    assert seen.shape == (32, 48, 3)
    assert np.abs(seen - np.asarray(upright)).mean() < LOSSY


@pytest.mark.parametrize(
    ("mode", "format"),
    [("RGBA", "PNG"), ("LA", "PNG"), ("RGBA", "WEBP"), ("P", "GIF"), ("P", "PNG")],
)
def test_what_is_transparent_is_white(mode: str, format: str) -> None:
    image = _pillow().new("RGBA", (16, 8), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 8, 8))
    options: dict[str, Any] = {"lossless": True} if format == "WEBP" else {}
    if mode == "P":
        image = _pillow().new("P", (16, 8), 1)
        image.putpalette([0, 0, 0, 9, 9, 9])
        image.paste(0, (0, 0, 8, 8))
        options["transparency"] = 1
    else:
        image = image.convert(mode)
    seen = _pixels(_saved(image, format, **options))
    assert np.all(seen[:, :8] == 0)
    assert np.all(seen[:, 8:] == 255)


@pytest.mark.parametrize("mode", ["L", "1", "I;16", "CMYK", "P"])
def test_other_kinds_of_pixels_are_seen_too(mode: str) -> None:
    format = "JPEG" if mode == "CMYK" else "PNG"
    image = (
        _pillow().fromarray(np.full((8, 16), 65_535, dtype=np.uint16))
        if mode == "I;16"
        else _pillow().new("RGB", (16, 8), (255, 255, 255)).convert(mode)
    )
    assert _pixels(_saved(image, format)).min() > 250


def test_a_file_is_what_it_holds_whatever_its_name() -> None:
    with pytest.raises(RefusedImage, match="none of PNG"):
        refuse_by_header(b"BM" + bytes(100))
    assert _pixels(_saved(_flat(), "JPEG")).shape == (32, 48, 3)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_file_that_is_cut_off_is_refused_wherever(format: str) -> None:
    whole = _saved(_pillow().open(io.BytesIO(PNG)).convert("RGB"), format)
    for length in range(1, len(whole) - 8, max(1, len(whole) // 12)):
        with pytest.raises(RefusedImage):
            _pixels(whole[:length])


def _claiming_more(format: str) -> bytes:
    """A small file whose header names 12,000 x 12,000 pixels."""
    content = bytearray(_saved(_flat(), format))
    edge = 12_000
    if format == "JPEG":
        at = content.index(b"\xff\xc0") + 5
        content[at : at + 4] = edge.to_bytes(2, "big") * 2
    else:
        at = {"GIF": 6, "WEBP": 26}[format]
        content[at : at + 4] = edge.to_bytes(2, "little") * 2
    return bytes(content)


@pytest.mark.parametrize("format", ["JPEG", "GIF", "WEBP"])
def test_too_many_pixels_are_refused_before_they_are_decoded(format: str) -> None:
    with pytest.raises(RefusedImage, match="12000 x 12000"):
        _pixels(_claiming_more(format))


@pytest.mark.parametrize("size", [(2_010, 10), (10, 2_010)])
def test_stripes_are_refused_before_they_are_decoded(size: tuple[int, int]) -> None:
    stripe = _saved(_pillow().new("RGB", size), "PNG")
    for read in (refuse_by_header, _pixels):
        with pytest.raises(RefusedImage, match=f"{size[0]} x {size[1]} pixels"):
            read(stripe)
    assert _pixels(_saved(_pillow().new("RGB", (200, 1)), "PNG")).shape == (1, 200, 3)
