"""Vision towers that run beside everything else, each on a thread and a core of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import mlx.core as mx

from ...vision.picture import Picture
from ..picture_features import Features

Encode = Callable[[Picture], Features]
"""Runs the tower over one image; what it returns is computed."""


class TowerThreads:
    """Must be used on one thread, apart from what it starts."""

    def __init__(self, threads: int, encode: Encode) -> None:
        self.threads = threads
        self._encode = encode
        self._stream = mx.new_thread_local_stream(mx.default_device())
        self._pool = ThreadPoolExecutor(threads, "tower")
        self._running: dict[str, tuple[Picture, Future[Features]]] = {}
        """By the image's digest."""
        self._has_run = False

    def __len__(self) -> int:
        """Images that are being encoded."""
        return len(self._running)

    def __contains__(self, picture: Picture) -> bool:
        return picture.digest in self._running

    @property
    def has_room(self) -> bool:
        # What a model computes in its first pass and keeps must not be computed twice at once.
        return len(self) < (self.threads if self._has_run else 1)

    def begin(self, picture: Picture) -> None:
        self._running[picture.digest] = picture, self._pool.submit(self._run, picture)

    def take_done(self) -> list[tuple[Picture, Features]]:
        """Images that were encoded since the last call; raises what the tower raised."""
        done = [digest for digest, (_, future) in self._running.items() if future.done()]
        done_now = [self._running.pop(digest) for digest in done]
        self._has_run = self._has_run or bool(done)
        return [(picture, future.result()) for picture, future in done_now]

    def wait(self, seconds: float) -> None:
        """For one more image, at most so long; returns at once where none is being encoded."""
        futures = [future for _, future in self._running.values()]
        wait(futures, seconds, FIRST_COMPLETED) if futures else None

    def close(self) -> None:
        """Waits for the images that are being encoded, and forgets them."""
        wait([future for _, future in self._running.values()])
        self._running.clear()

    def _run(self, picture: Picture) -> Features:
        with mx.stream(self._stream):
            return self._encode(picture)
