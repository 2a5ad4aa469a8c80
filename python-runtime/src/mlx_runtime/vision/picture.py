"""An image that was read, and the images of one prompt at their tokens."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .limits import MAX_IMAGE_ASPECT, MAX_IMAGE_PIXELS

Array = NDArray[np.generic]


class RefusedImage(Exception):
    """It cannot be read, or is too much; says why."""


def check_size(width: int, height: int) -> None:
    """In pixels, by an image's header; raises RefusedImage."""
    if width * height > MAX_IMAGE_PIXELS:
        raise RefusedImage(
            f"It has {width} x {height} pixels, and {MAX_IMAGE_PIXELS:,} are allowed: "
            "make it smaller"
        )
    if max(width, height) > MAX_IMAGE_ASPECT * min(width, height):
        raise RefusedImage(
            f"It has {width} x {height} pixels, and an edge may be {MAX_IMAGE_ASPECT} times as "
            "long as the other: crop it"
        )


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as a model's vision tower takes it."""

    digest: str
    """Of the image's bytes and of how it was prepared."""
    pixels: Array
    """In the shape that the family's processor gives one image."""
    facts: Mapping[str, Array]
    """What else the processor says, such as the grid of its patches."""
    num_tokens: int
    """Places that its features take in a prompt."""
    grid: tuple[int, int] | None
    """Rows and columns of tokens, where positions count both."""
    text: str
    """What stands in the place of its placeholder, before it is turned into tokens."""

    @property
    def nbytes(self) -> int:
        return self.pixels.nbytes + sum(fact.nbytes for fact in self.facts.values())


@dataclass(frozen=True)
class PlacedPicture:
    picture: Picture
    places: NDArray[np.int32]
    """(tokens,): where in the prompt its features stand, rising."""

    @cached_property
    def keys(self) -> NDArray[np.int32]:
        """(tokens,): negative numbers in the place of token ids, other ones for each image.

        What is kept of prompts is found by their tokens; two prompts with these have the same
        image there.
        """
        count = len(self.places)
        stream = hashlib.shake_128(self.picture.digest.encode()).digest(4 * count)
        return np.frombuffer(stream, dtype="<i4").astype(np.int32) | np.int32(-(2**31))


@dataclass(frozen=True)
class PromptPictures:
    """The images of one prompt, in order."""

    placed: Sequence[PlacedPicture]
    positions: NDArray[np.int32] | None
    """(3, prompt's tokens): time, row and column of each, where the model counts so."""
    position_shift: int = 0
    """What has to be added to the place of a token behind the prompt for its position."""

    def key_tokens(self, prompt: Sequence[int]) -> list[int]:
        """The prompt's token ids, images told apart."""
        keyed = np.asarray(prompt, dtype=np.int32)
        for placed in self.placed:
            keyed[placed.places] = placed.keys
        return keyed.tolist()

    @property
    def num_tokens(self) -> int:
        return sum(len(placed.places) for placed in self.placed)

    def of(self, begin: int, end: int) -> list[Picture]:
        """The images that some of the prompt's tokens from `begin` to `end` stand for."""
        return [
            placed.picture
            for placed in self.placed
            if placed.places[0] < end and placed.places[-1] >= begin
        ]
