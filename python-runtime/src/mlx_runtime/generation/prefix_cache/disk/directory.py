"""A directory of files that several processes fill, never beyond a limit.

Who writes holds the directory's lock, from making room to the rename that
makes the file visible; the system drops the lock of a process that dies.
Readers need no lock: a file is whole from its first moment, and one that is
removed stays readable for those who opened it. Nothing is synced: what a
power failure tears apart is found by its checksum.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_SUFFIX = ".prefix"
_UNFINISHED = ".unfinished"
_LOCK = "lock"
_LONGEST_WAIT = 5.0
_SECONDS_BETWEEN_TRIES = 0.01


@dataclass(frozen=True, slots=True)
class _Kept:
    path: Path
    nbytes: int
    used: int
    """Nanoseconds of the wall clock: an order, not a time."""


class PrefixDirectory:
    def __init__(self, path: Path, max_bytes: int) -> None:
        """Nothing is touched yet. `max_bytes` holds for all files, whoever wrote them."""
        self._path = path
        self.max_bytes = max_bytes

    def names(self) -> set[str]:
        """Of all whole files; none when the directory cannot be read."""
        try:
            return {path.stem for path in self._path.iterdir() if path.suffix == _SUFFIX}
        except OSError:
            return set()

    def open(self, name: str) -> BinaryIO:
        """Raises OSError."""
        return (self._path / (name + _SUFFIX)).open("rb")

    def touch(self, name: str) -> None:
        """Notes that a file is of use, so that others are dropped first."""
        with suppress(OSError):
            os.utime(self._path / (name + _SUFFIX))

    def remove(self, name: str) -> None:
        with suppress(OSError):
            (self._path / (name + _SUFFIX)).unlink()

    def write(self, name: str, parts: Sequence[bytes]) -> bool:
        """Adds a file; False when it alone is over the limit. Raises OSError."""
        size = sum(len(part) for part in parts)
        if size > self.max_bytes:
            return False
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._locked():
            self._make_room(size)
            self._write(name, parts)
        return True

    def _write(self, name: str, parts: Sequence[bytes]) -> None:
        unfinished = self._path / (name + _UNFINISHED)
        try:
            unfinished.touch(mode=0o600)
            with unfinished.open("wb") as file:
                for part in parts:
                    file.write(part)
            os.replace(unfinished, self._path / (name + _SUFFIX))
        except OSError:
            with suppress(OSError):
                unfinished.unlink()
            raise

    def _make_room(self, size: int) -> None:
        """Drops the least recently used files, and what writers that died left behind."""
        kept: list[_Kept] = []
        for path in self._path.iterdir():
            with suppress(FileNotFoundError):
                if path.suffix == _UNFINISHED:
                    path.unlink()
                elif path.suffix == _SUFFIX:
                    facts = path.stat()
                    kept.append(_Kept(path, facts.st_size, facts.st_mtime_ns))
        total = sum(file.nbytes for file in kept)
        for file in sorted(kept, key=lambda file: file.used):
            if total + size <= self.max_bytes:
                break
            file.path.unlink(missing_ok=True)
            total -= file.nbytes

    @contextmanager
    def _locked(self) -> Generator[None]:
        descriptor = os.open(self._path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _acquire(descriptor)
            yield
        finally:
            os.close(descriptor)


def _acquire(descriptor: int) -> None:
    """Raises TimeoutError, an OSError, when another process does not let go."""
    limit = time.monotonic() + _LONGEST_WAIT
    while not _try_to_lock(descriptor):
        if time.monotonic() >= limit:
            raise TimeoutError("the lock is held by another process")
        time.sleep(_SECONDS_BETWEEN_TRIES)


def _try_to_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
