"""Vision towers that run beside everything else, each on a thread and a core of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import mlx.core as mx

from ...vision.picture import Picture
from ..picture_features import Features

Look = Callable[[Picture], Features]
"""Runs the tower over one image; what it returns is computed."""


class TowerThreads:
    """Must be used on one thread, apart from what it starts."""

    def __init__(self, threads: int, look: Look) -> None:
        self.threads = threads
        self._look = look
        self._stream = mx.new_thread_local_stream(mx.default_device())
        self._pool = ThreadPoolExecutor(threads, "tower")
        self._looking: dict[str, tuple[Picture, Future[Features]]] = {}
        """By the image's digest."""
        self._has_looked = False

    def __len__(self) -> int:
        """Images that are looked at."""
        return len(self._looking)

    def __contains__(self, picture: Picture) -> bool:
        return picture.digest in self._looking

    @property
    def has_room(self) -> bool:
        # What a model computes in its first pass and keeps must not be computed twice at once.
        return len(self) < (self.threads if self._has_looked else 1)

    def begin(self, picture: Picture) -> None:
        self._looking[picture.digest] = picture, self._pool.submit(self._run, picture)

    def take_done(self) -> list[tuple[Picture, Features]]:
        """Images that were looked at since the last call; raises what the tower raised."""
        done = [digest for digest, (_, future) in self._looking.items() if future.done()]
        looked = [self._looking.pop(digest) for digest in done]
        self._has_looked = self._has_looked or bool(done)
        return [(picture, future.result()) for picture, future in looked]

    def wait(self, seconds: float) -> None:
        """For one image more, so long at most; returns at once where none is looked at."""
        futures = [future for _, future in self._looking.values()]
        wait(futures, seconds, FIRST_COMPLETED) if futures else None

    def close(self) -> None:
        """Waits for the images that are looked at, and forgets them."""
        wait([future for _, future in self._looking.values()])
        self._looking.clear()

    def _run(self, picture: Picture) -> Features:
        with mx.stream(self._stream):
            return self._look(picture)
