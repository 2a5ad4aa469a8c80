"""Finds the tokens of a prompt that stand for its images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .picture import Picture, PlacedPicture, PromptPictures
from .positions import grid_positions


class CannotPlace(Exception):
    """The prompt has not the tokens that its images need."""


def place_pictures(
    pictures: Sequence[Picture], tokens: Sequence[int], image_token_id: int, *, counts_grids: bool
) -> PromptPictures:
    """`counts_grids`: the model's positions count an image's rows and columns.

    Raises CannotPlace.
    """
    places = np.flatnonzero(np.asarray(tokens) == image_token_id).astype(np.int32)
    if len(places) != sum(picture.num_tokens for picture in pictures):
        raise CannotPlace("The prompt has more or fewer places for images than its images need")
    if len(places) and places[-1] == len(tokens) - 1:
        raise CannotPlace("A prompt may not end with an image")
    placed: list[PlacedPicture] = []
    begin = 0
    for picture in pictures:
        placed.append(PlacedPicture(picture, places[begin : begin + picture.num_tokens]))
        begin += picture.num_tokens
    if not counts_grids:
        return PromptPictures(placed, None)
    runs = [
        (int(each.places[0]), *each.picture.grid)
        for each in placed
        if each.picture.grid is not None
    ]
    positions, shift = grid_positions(len(tokens), runs)
    return PromptPictures(placed, positions, shift)
