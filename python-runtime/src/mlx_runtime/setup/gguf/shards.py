"""Weights in files of bounded size, so that no more than one is in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from .safetensors_file import Stored, write_safetensors

_SHARD_BYTES = 4 << 30
_WHOLE = "model.safetensors"


class Shards:
    """A context: leaving it names the files by how many there are, and writes their index."""

    def __init__(
        self, directory: Path, wrote: Callable[[int], None], shard_bytes: int = _SHARD_BYTES
    ) -> None:
        self._directory = directory
        self._wrote = wrote
        self._shard_bytes = shard_bytes
        self._waiting: list[Stored] = []
        self._files: list[tuple[Path, list[str]]] = []
        self._total = 0

    def __enter__(self):
        return self

    def add(self, tensors: list[Stored]) -> None:
        self._waiting += tensors
        if sum(tensor.values.nbytes for tensor in self._waiting) >= self._shard_bytes:
            self._flush()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            return
        self._flush()
        names = [_WHOLE]
        if len(self._files) > 1:
            count = len(self._files)
            names = [f"model-{n:05d}-of-{count:05d}.safetensors" for n in range(1, count + 1)]
            self._write_index(names)
        for (path, _), name in zip(self._files, names, strict=False):
            path.rename(self._directory / name)

    def _flush(self) -> None:
        if not self._waiting:
            return
        path = self._directory / f"part-{len(self._files)}.safetensors"
        write_safetensors(path, self._waiting, self._wrote)
        self._files.append((path, [tensor.name for tensor in self._waiting]))
        self._total += sum(tensor.values.nbytes for tensor in self._waiting)
        self._waiting = []

    def _write_index(self, names: list[str]) -> None:
        places = zip(names, self._files, strict=True)
        index = {
            "metadata": {"total_size": self._total},
            "weight_map": {tensor: name for name, (_, held) in places for tensor in held},
        }
        (self._directory / f"{_WHOLE}.index.json").write_text(json.dumps(index, indent=1))
