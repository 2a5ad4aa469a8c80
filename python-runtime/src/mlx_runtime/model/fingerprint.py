"""Tells a model's computed state from that of every other model."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

from .directory import ModelDirectory

_SAMPLED = 65_536
"""Bytes read at either end of a weight file, whose whole would take seconds to read."""


def fingerprint(directory: ModelDirectory, weights: str) -> str:
    """Equal for equal files that are computed with equally; `weights` as capabilities name them.

    Weight files count with their size, their time of change and both of their ends.
    """
    state = hashlib.blake2b(digest_size=8)
    for part in (weights, version("mlx-lm"), version("mlx")):
        state.update(part.encode() + b"\0")
    state.update((directory.path / "config.json").read_bytes())
    for file in directory.weight_files:
        _add_weights(state, file)
    return state.hexdigest()


def _add_weights(state: hashlib.blake2b, file: Path) -> None:
    facts = file.stat()
    state.update(f"{file.name} {facts.st_size} {facts.st_mtime_ns}\0".encode())
    with file.open("rb") as content:
        state.update(content.read(_SAMPLED))
        content.seek(max(0, facts.st_size - _SAMPLED))
        state.update(content.read(_SAMPLED))
