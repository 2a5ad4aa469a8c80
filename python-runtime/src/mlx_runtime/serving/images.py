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

from ..errors import RpcError, invalid_param
from ..vision.families import VisionFamily
from ..vision.limits import MAX_IMAGE_BYTES
from ..vision.picture import Picture, RefusedImage
from ..vision.reader import ImageReader
from ..wire import WirePrompt, WirePromptChat, WirePromptChatImages


@dataclass(frozen=True, slots=True)
class Sight:
    """How a loaded model sees."""

    family: VisionFamily
    image_token_id: int
    counts_grids: bool
    reader: ImageReader


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

    def read(self, images: Sequence[WirePromptChatImages]) -> list[Picture]:
        """Raises RpcError that names the image."""
        if self._sight is None:
            raise invalid_param("prompt.images", self._blindness)
        reader = self._sight.reader
        return [_read(reader, image, place) for place, image in enumerate(images)]

    def _run(self) -> None:
        while True:
            self._jobs.get()()


def images_of(prompt: WirePrompt) -> Sequence[WirePromptChatImages]:
    """Raises RpcError unless each image stands in exactly one place of the messages."""
    if not isinstance(prompt, WirePromptChat):
        return ()
    images = prompt.images or ()
    named = [
        part.image
        for message in prompt.messages
        for part in message.parts or ()
        if part.image is not None
    ]
    if sorted(named) != list(range(len(images))):
        raise invalid_param("prompt.images", "Each has to stand in one place of the messages")
    return images


def _read(reader: ImageReader, image: WirePromptChatImages, place: int) -> Picture:
    try:
        if len(image.data) > 4 * MAX_IMAGE_BYTES // 3 + 4:
            raise RefusedImage(f"It has more than {MAX_IMAGE_BYTES:,} bytes")
        return reader.read(base64.b64decode(image.data, validate=True), image.detail)
    except binascii.Error as error:
        raise _refused(place, "It is no base64") from error
    except RefusedImage as refused:
        raise _refused(place, str(refused)) from refused


def _refused(place: int, reason: str) -> RpcError:
    return invalid_param(f"prompt.images.{place}", reason)
