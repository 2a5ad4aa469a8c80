"""What the files of a fetched model must still be when it is loaded."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import TypedDict

SEAL = ".checksums"
_CHUNK_BYTES = 1 << 20


class SealedFile(TypedDict):
    size: int
    modified: str
    """Nanoseconds since 1970, as text: other languages have no such integers."""
    sha256: str


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def git_blob_id(path: Path) -> str:
    """What git calls a file of these contents: the SHA-1 of its size and bytes."""
    content = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def seal(directory: Path) -> None:
    """Write down size, time and checksum of every file."""
    files = [path for path in directory.iterdir() if path.is_file() and path.name != SEAL]
    _write(directory, {path.name: _describe(path) for path in sorted(files)})


def changed_files(directory: Path) -> list[str]:
    """Names of sealed files whose contents are others now, or that are gone.

    Where there are none, the seal learns the files' present times, so that they
    count as checked.
    """
    sealed: dict[str, SealedFile] = json.loads((directory / SEAL).read_bytes())
    present = {name: _describe(directory / name) for name in sealed if (directory / name).is_file()}
    changed = [
        name
        for name, file in sealed.items()
        if name not in present or present[name]["sha256"] != file["sha256"]
    ]
    if not changed and present != sealed:
        with contextlib.suppress(OSError):
            _write(directory, present)
    return changed


def _describe(path: Path) -> SealedFile:
    status = path.stat()
    return SealedFile(size=status.st_size, modified=str(status.st_mtime_ns), sha256=sha256_of(path))


def _write(directory: Path, files: dict[str, SealedFile]) -> None:
    """By one rename: a reader sees the old seal or the new one."""
    temporary = directory / f"{SEAL}.{os.getpid()}"
    temporary.write_text(json.dumps(files, indent=1))
    temporary.replace(directory / SEAL)
