"""Encodes the images of prompts before their turn comes, while other rows go on."""

from __future__ import annotations

from collections import abc

from ...vision.picture import Picture
from ..picture_features import PictureFeatures
from ..sequence import Sequence
from ..threads import Threads, TowerThreads

_MOST_TOWERS = 4
"""At the same time: each holds a layer's numbers of its image. They share what cores there are."""
_PAUSE = 0.01
"""Seconds in which nothing else happens while every prompt waits for its images."""


class ImagesAhead:
    """A prompt waits for the images in its next part; those of others are encoded meanwhile,
    side by side. Rows that decode keep a core."""

    def __init__(self, features: PictureFeatures, threads: Threads) -> None:
        self._features = features
        self._threads = threads
        self._towers = TowerThreads(min(threads.most_lanes, _MOST_TOWERS), features.encode)

    def update(self, waiting: abc.Sequence[Sequence], part: int, *, rows_run: bool) -> None:
        """Tells sequences that wait for their prompts to be computed, in `part` tokens at most
        at a time, whether they wait for images, too; begins with those."""
        for picture, features in self._towers.take_done():
            self._features.keep(picture, features)
        most = min(self._towers.threads, self._threads.most_lanes - rows_run)
        for sequence in waiting:
            missing = self._missing(sequence, part)
            sequence.awaits_images = bool(missing)
            for picture in missing:
                has_room = self._towers.has_room and len(self._towers) < most
                if has_room and picture not in self._towers:
                    self._towers.begin(picture)
                    sequence.images_begun.add(picture.digest)
        self._threads.share(len(self._towers), passes=rows_run)

    def wait(self) -> None:
        """A moment, or until another image was encoded."""
        self._towers.wait(_PAUSE)

    def close(self) -> None:
        self._towers.close()

    def _missing(self, sequence: Sequence, part: int) -> list[Picture]:
        pictures = sequence.request.pictures
        if pictures is None or sequence.blocked:
            return []
        begin = sequence.num_computed_tokens
        within = pictures.of(begin, begin + part)
        return [picture for picture in within if self._is_missing(picture, sequence)]

    def _is_missing(self, picture: Picture, sequence: Sequence) -> bool:
        """Once only: what did not stay until its turn is computed then."""
        begun = picture.digest in sequence.images_begun
        return picture in self._towers or not (begun or picture in self._features)


def images_ahead(features: PictureFeatures | None, threads: Threads) -> ImagesAhead | None:
    """`features`: None for a model that sees no images. None where there is one core, or a GPU:
    images are encoded there when their prompts are computed."""
    if features is None or threads.most_lanes == 1:
        return None
    return ImagesAhead(features, threads)
