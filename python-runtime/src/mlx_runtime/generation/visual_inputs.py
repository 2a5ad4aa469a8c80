"""What a pass over prompts with images takes beside token ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import mlx.core as mx
import numpy as np
from numpy.typing import NDArray

from ..vision.picture import PlacedPicture, PromptPictures
from .arrays import integer_array
from .picture_features import Features, PictureFeatures, SeeingModel


@dataclass(frozen=True, slots=True)
class PromptPart:
    """The next tokens of one row."""

    begin: int
    """Place of the first one in the row."""
    tokens: Sequence[int]
    pictures: PromptPictures | None

    @property
    def end(self) -> int:
        return self.begin + len(self.tokens)

    @property
    def sees(self) -> bool:
        """True when some of the tokens stand for an image."""
        return self.pictures is not None and bool(self.pictures.of(self.begin, self.end))

    def part(self, begin: int, end: int) -> PromptPart:
        """Those of its tokens from `begin` to `end`, counted from its first one."""
        return PromptPart(self.begin + begin, self.tokens[begin:end], self.pictures)


class VisualInputs:
    def __init__(self, model: SeeingModel, features: PictureFeatures) -> None:
        self._model = model
        self._features = features

    def of(self, padded: mx.array, parts: Sequence[PromptPart]) -> dict[str, Any]:
        """Arguments for a model, beside its token ids (rows, tokens), padded at the end."""
        width = padded.shape[1]
        given: dict[str, Any] = {}
        if self._model.counts_grids:
            given["positions"] = mx.array(np.stack([_positions(part, width) for part in parts], 1))
        if any(part.sees for part in parts):
            embeddings = self._model.embed(padded)
            deepstack = self._put(embeddings, parts)
            given.update(embeddings=embeddings, deepstack=deepstack)
        return given

    def _put(self, embeddings: mx.array, parts: Sequence[PromptPart]) -> list[mx.array]:
        """Puts images in their places; returns what is added behind early layers."""
        deepstack: list[mx.array] = []
        for row, part in enumerate(parts):
            for placed in part.pictures.placed if part.pictures is not None else ():
                inside = (placed.places >= part.begin) & (placed.places < part.end)
                if not inside.any():
                    continue
                features = self._features.of(placed.picture)
                places, chosen = _places(placed, inside, part.begin)
                embeddings[row, places] = features.tokens[chosen].astype(embeddings.dtype)
                if features.deepstack and not deepstack:
                    deepstack = [mx.zeros_like(embeddings) for _ in features.deepstack]
                _add(deepstack, features, row, places, chosen)
        return deepstack


def _places(
    placed: PlacedPicture, inside: NDArray[np.bool_], begin: int
) -> tuple[mx.array, mx.array]:
    """Where in a part an image's tokens stand, and which of them."""
    places = (placed.places[inside] - begin).tolist()
    return integer_array(places), integer_array(np.flatnonzero(inside).tolist())


def _add(
    deepstack: list[mx.array], features: Features, row: int, places: mx.array, chosen: mx.array
) -> None:
    for layer, added in zip(deepstack, features.deepstack, strict=bool(features.deepstack)):
        layer[row, places] = added[chosen].astype(layer.dtype)


def _positions(part: PromptPart, width: int) -> NDArray[np.int32]:
    """(3, width): of a part's tokens and of the padding behind it."""
    places = np.arange(part.begin, part.begin + width, dtype=np.int32)
    positions: NDArray[np.int32] = np.tile(places, (3, 1))
    pictures = part.pictures
    if pictures is None or pictures.positions is None:
        return positions
    positions += pictures.position_shift
    prompt = pictures.positions[:, part.begin : part.begin + width]
    positions[:, : prompt.shape[1]] = prompt
    return positions
