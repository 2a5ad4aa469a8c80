"""Where images stand in the text of a message, until the chat template has been rendered."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Nobody else can write it, and no template takes it for a marker.
_SECRET = secrets.token_hex(8)
_PLACE = re.compile(f"\U0010fffe{_SECRET}[.](\\d+)\U0010ffff")


@dataclass(frozen=True, slots=True)
class ImageTexts:
    """What images become in the text that is turned into tokens."""

    placeholder: str
    """What a chat template writes for an image."""
    around: tuple[str, str]
    """What it writes before and behind that."""
    texts: Sequence[str]
    """Of each image, in the place of the placeholder."""


def image_place(image: str) -> str:
    """`image`: its number among those of the prompt."""
    return f"\U0010fffe{_SECRET}.{image}\U0010ffff"


def images_in(texts: Iterable[str]) -> list[int]:
    """The images that stand in texts, in order."""
    return [int(place[1]) for text in texts for place in _PLACE.finditer(text)]


def split_images(text: str) -> list[str | int]:
    """Pieces of a text and the images between them; no empty pieces."""
    pieces: list[str | int] = []
    for index, piece in enumerate(_PLACE.split(text)):
        if index % 2:
            pieces.append(int(piece))
        elif piece:
            pieces.append(piece)
    return pieces


def in_placeholders(text: str, images: ImageTexts, order: Sequence[int]) -> str | None:
    """A rendered text with an image in each placeholder; None: there are not as many.

    `order`: the images in the order of the turns that were rendered.
    """
    pieces = text.split(images.placeholder)
    if len(pieces) != len(order) + 1:
        return None
    filled = [pieces[0]]
    for image, piece in zip(order, pieces[1:], strict=True):
        filled += [images.texts[image], piece]
    return "".join(filled)


def in_places(text: str, images: ImageTexts) -> str | None:
    """A rendered text with the images where their places were; None: one is missing."""
    found = images_in([text])
    if sorted(found) != list(range(len(images.texts))):
        return None
    before, behind = images.around
    return _PLACE.sub(lambda place: f"{before}{images.texts[int(place[1])]}{behind}", text)
