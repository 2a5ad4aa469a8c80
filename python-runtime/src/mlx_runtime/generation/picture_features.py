"""What a model's vision tower made of images, kept for the next prompt with the same ones."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

import mlx.core as mx

from ..vision.picture import Picture
from .arrays import start, wait


class Features(Protocol):
    @property
    def tokens(self) -> mx.array:
        """(image's tokens, size): stand in the place of embeddings."""
        ...

    @property
    def deepstack(self) -> Sequence[mx.array]:
        """Of each early layer what is added behind it, (image's tokens, size)."""
        ...

    @property
    def nbytes(self) -> int: ...


class SeeingModel(Protocol):
    """A model whose prompts may hold images."""

    counts_grids: bool
    """True: positions have three dimensions."""

    def embed(self, inputs: mx.array) -> mx.array:
        """Token ids (rows, tokens) to (rows, tokens, size), to be written into."""
        ...

    def features(self, picture: Picture) -> Features: ...


class PictureFeatures:
    """Least recently used images go first."""

    def __init__(self, model: SeeingModel, capacity_bytes: int) -> None:
        self._model = model
        self._capacity = capacity_bytes
        self._kept: OrderedDict[str, Features] = OrderedDict()
        self._nbytes = 0
        self.num_encoded = 0
        """Images that `of` gave to the vision tower."""

    def __contains__(self, picture: Picture) -> bool:
        return picture.digest in self._kept

    def of(self, picture: Picture) -> Features:
        """May still be under computation."""
        found = self._kept.get(picture.digest)
        if found is None:
            found = self._model.features(picture)
            self.num_encoded += 1
            start([found.tokens, *found.deepstack])
            self.keep(picture, found)
        self._kept.move_to_end(picture.digest)
        return found

    def encode(self, picture: Picture) -> Features:
        """What is to be kept of an image, computed; may be called on any thread."""
        features = self._model.features(picture)
        wait([features.tokens, *features.deepstack])
        return features

    def keep(self, picture: Picture, features: Features) -> None:
        """Drops what was not used for longest where there is no room."""
        if picture in self:
            return
        self._kept[picture.digest] = features
        self._nbytes += features.nbytes
        while self._nbytes > self._capacity and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._nbytes -= oldest.nbytes
