"""Reads the images of prompts, on a thread of its own.

A large image takes its time there; prompts without one pass by.
"""

from __future__ import annotations

import base64
import binascii
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import SimpleQueue

from msgspec.structs import replace

from ..errors import invalid_image, invalid_param
from ..vision.families import Detail, VisionFamily
from ..vision.limits import MAX_IMAGE_BYTES, MAX_IMAGES
from ..vision.picture import Picture, RefusedImage
from ..vision.reader import ImageReader
from ..wire import WireMessageParts, WirePrompt, WirePromptChat

_DETAILS: tuple[Detail, ...] = ("auto", "low", "high")


@dataclass(frozen=True, slots=True)
class Sight:
    """How a loaded model sees."""

    family: VisionFamily
    image_token_id: int
    counts_grids: bool
    reader: ImageReader


@dataclass(frozen=True, slots=True)
class SentImage:
    field: str
    """Where it is in the request."""
    data: str
    """In base64."""
    detail: str


class Images:
    """`start` works off, in order, what `post` was given; `read` is called inside it."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._sight: Sight | None = None
        self._blindness = ""

    def start(self) -> None:
        threading.Thread(target=self._run, name="images", daemon=True).start()

    def serve(self, sight: Sight | None, blindness: str) -> None:
        """From now on images are for this model. `blindness`: why it sees none."""
        self._blindness = blindness
        if sight is not None:
            self.post(sight.reader.warm_up)
        self._sight = sight

    def post(self, job: Callable[[], None]) -> None:
        self._jobs.put(job)

    def read(self, images: Sequence[SentImage]) -> list[Picture]:
        """Raises RpcError that names the image."""
        if self._sight is None:
            raise invalid_param(images[0].field, self._blindness)
        if len(images) > MAX_IMAGES:
            raise invalid_image(
                images[MAX_IMAGES].field, f"A prompt may have {MAX_IMAGES} images at most"
            )
        reader = self._sight.reader
        return [_read(reader, image) for image in images]

    def _run(self) -> None:
        while True:
            self._jobs.get()()


def take_images(prompt: WirePrompt) -> tuple[Sequence[SentImage], WirePrompt]:
    """The images of a prompt, and the prompt with their numbers in their places."""
    images: list[SentImage] = []
    if not isinstance(prompt, WirePromptChat):
        return images, prompt

    def numbered(part: WireMessageParts, field: str) -> WireMessageParts:
        if part.image is None:
            return part
        images.append(SentImage(field, part.image, part.detail or "auto"))
        return replace(part, image=str(len(images) - 1))

    messages = tuple(
        message
        if message.parts is None
        else replace(
            message,
            parts=tuple(
                numbered(part, f"prompt.messages.{turn}.parts.{place}")
                for place, part in enumerate(message.parts)
            ),
        )
        for turn, message in enumerate(prompt.messages)
    )
    return images, replace(prompt, messages=messages)


def _read(reader: ImageReader, image: SentImage) -> Picture:
    if len(image.data) > 4 * MAX_IMAGE_BYTES // 3 + 4:
        raise invalid_image(image.field, f"It has more than {MAX_IMAGE_BYTES:,} bytes")
    if image.detail not in _DETAILS:
        raise invalid_image(image.field, f"Its detail can be {', '.join(_DETAILS)}")
    try:
        content = base64.b64decode(image.data, validate=True)
        return reader.read(content, image.detail)
    except binascii.Error as error:
        raise invalid_image(image.field, "It is no base64") from error
    except RefusedImage as refused:
        raise invalid_image(image.field, str(refused)) from refused
