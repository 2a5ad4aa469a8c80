"""The process that reads images: their bytes in, what a model's vision tower takes out.

The first line names the processor and its options, then each image is a line about it and its
bytes. An answer is a line, and where it tells arrays, their bytes. A file that
crashes a decoder or fills the memory ends this process and nothing else.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import resource
import sys
import warnings
from typing import Any, BinaryIO, cast

import msgspec
import numpy as np

from .limits import FORMATS, READ_MEMORY_BYTES
from .picture import Array, RefusedImage, check_size


class Preparation(msgspec.Struct, frozen=True):
    """What all images are prepared with."""

    folder: str
    """That the packages for images are in."""
    module: str
    name: str
    options: dict[str, Any]


class ImageRequest(msgspec.Struct, frozen=True):
    nbytes: int
    options: dict[str, Any]
    """Beside those of the preparation."""


class ArrayHead(msgspec.Struct, frozen=True):
    name: str
    dtype: str
    shape: tuple[int, ...]


class ImageAnswer(msgspec.Struct, frozen=True):
    fault: str = ""
    arrays: tuple[ArrayHead, ...] = ()
    """Whose bytes follow, in order."""


def main() -> None:
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    preparation = msgspec.json.decode(incoming.readline(), type=Preparation)
    # Not every system can limit it; the header's pixels are limited in any case.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (READ_MEMORY_BYTES, READ_MEMORY_BYTES))
    sys.path.append(preparation.folder)
    prepare = Prepare(preparation)
    _answer(outgoing, {}, "")
    for line in incoming:
        request = msgspec.json.decode(line, type=ImageRequest)
        content = incoming.read(request.nbytes)
        try:
            arrays, fault = prepare(content, request.options), ""
        except RefusedImage as refused:
            arrays, fault = {}, str(refused)
        _answer(outgoing, arrays, fault)


class Prepare:
    def __init__(self, preparation: Preparation) -> None:
        module: Any = importlib.import_module(preparation.module)
        self._class: Any = getattr(module, preparation.name)
        self._options = preparation.options
        self._processors: dict[bytes, Any] = {}

    def __call__(self, content: bytes, options: dict[str, Any]) -> dict[str, Array]:
        image = open_image(content)
        try:
            prepared: Any = self.processor(options)(images=image, return_tensors="np")
        except MemoryError as error:
            raise RefusedImage("It takes more memory than an image may") from error
        except ValueError as error:
            raise RefusedImage(str(error)) from error
        arrays = {name: np.asarray(value) for name, value in prepared.items()}
        pixels = arrays["pixel_values"]
        return {**arrays, "pixel_values": pixels.astype(np.float32, copy=False)}

    def processor(self, options: dict[str, Any]) -> Any:
        key = msgspec.json.encode(options)
        if key not in self._processors:
            self._processors[key] = self._class(**{**self._options, **options})
        return self._processors[key]


def open_image(content: bytes) -> Any:
    """The first frame as RGB, turned as its Exif data says, on white; raises RefusedImage."""
    pillow = _pillow("Image")
    pillow.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = pillow.open(io.BytesIO(content), formats=FORMATS)
            check_size(*image.size)
            image.load()
            return _on_white(_in_bytes(_pillow("ImageOps").exif_transpose(image)))
    except MemoryError as error:
        raise RefusedImage("It takes more memory than an image may") from error
    # Decoders raise whatever they come upon in a damaged file.
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError) as error:
        raise RefusedImage(f"It is damaged ({error})") from error


def _in_bytes(image: Any) -> Any:
    """Of 16-bit grey the high bytes: Pillow's own conversion clips it to white."""
    if not image.mode.startswith("I"):
        return image
    high = (np.asarray(image) >> 8).astype(np.uint8)
    return _pillow("Image").fromarray(high)


def _on_white(image: Any) -> Any:
    if not image.has_transparency_data:
        return image.convert("RGB")
    pillow = _pillow("Image")
    layered = image.convert("RGBA")
    ground = pillow.new("RGBA", layered.size, (255, 255, 255, 255))
    return pillow.alpha_composite(ground, layered).convert("RGB")


def _pillow(module: str) -> Any:
    """Not among the sidecar's own packages."""
    return importlib.import_module(f"PIL.{module}")


def _answer(outgoing: BinaryIO, arrays: dict[str, Array], fault: str) -> None:
    heads = tuple(
        ArrayHead(name, cast("Any", array.dtype).str, array.shape) for name, array in arrays.items()
    )
    outgoing.write(msgspec.json.encode(ImageAnswer(fault, heads)) + b"\n")
    outgoing.writelines(np.ascontiguousarray(array).tobytes() for array in arrays.values())
    outgoing.flush()


if __name__ == "__main__":
    main()
