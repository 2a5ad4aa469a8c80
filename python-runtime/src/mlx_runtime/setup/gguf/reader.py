"""Reads a GGUF file without loading it: metadata at once, tensors where they lie on disk."""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .block_types import BlockType, block_type
from .errors import GgufError
from .metadata import Metadata
from .values import Cursor, Value

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_MOST_DIMENSIONS = 4
_ALIGNMENT = 32


@dataclass(frozen=True, slots=True)
class Tensor:
    name: str
    shape: tuple[int, ...]
    """Rows first, as MLX has it."""
    kind: BlockType
    data: NDArray[np.uint8]
    """The bytes of all blocks, (bytes,)."""


@dataclass(frozen=True, slots=True)
class GgufFile:
    metadata: Metadata
    tensors: Mapping[str, Tensor]


def read_gguf(path: Path) -> GgufFile:
    """One file, which may be one of several.

    Raises GgufError for a file that is no GGUF, was cut, or has tensors of unknown types.
    """
    if path.stat().st_size < len(_MAGIC):
        raise GgufError(f"{path.name} is not GGUF")
    with path.open("rb") as file:
        content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    cursor = Cursor(content)
    if bytes(cursor.take(len(_MAGIC))) != _MAGIC:
        raise GgufError(f"{path.name} is not GGUF")
    version = cursor.number("<I")
    if version not in _VERSIONS:
        raise GgufError(f"{path.name} is GGUF of version {version}; 2 and 3 are known")
    tensor_count, pair_count = cursor.number("<Q"), cursor.number("<Q")
    values: dict[str, Value] = {}
    for _ in range(pair_count):
        key = cursor.text()
        values[key] = cursor.value()
    metadata = Metadata(values)
    return GgufFile(metadata, _tensors(cursor, content, tensor_count, metadata))


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    shape: tuple[int, ...]
    kind: int
    offset: int


def _tensors(
    cursor: Cursor, content: memoryview, count: int, metadata: Metadata
) -> dict[str, Tensor]:
    places = [_place(cursor) for _ in range(count)]
    alignment = metadata.integer("general.alignment", _ALIGNMENT)
    if alignment < 1:
        raise GgufError("GGUF key 'general.alignment' is not positive")
    begin = -(-cursor.place // alignment) * alignment
    return {place.name: _tensor(place, content, begin) for place in places}


def _place(cursor: Cursor) -> _Place:
    name, dimensions = cursor.text(), cursor.number("<I")
    if dimensions > _MOST_DIMENSIONS:
        raise GgufError(f"GGUF tensor '{name}' has {dimensions} dimensions")
    shape = tuple(cursor.number("<Q") for _ in range(dimensions))[::-1]
    return _Place(name, shape, cursor.number("<I"), cursor.number("<Q"))


def _tensor(place: _Place, content: memoryview, begin: int) -> Tensor:
    kind = block_type(place.kind, place.name)
    if 0 in place.shape or not place.shape or place.shape[-1] % kind.weights:
        raise GgufError(f"GGUF tensor '{place.name}' of {place.shape} has no whole blocks")
    size = prod(place.shape) // kind.weights * kind.nbytes
    data = content[begin + place.offset : begin + place.offset + size]
    if len(data) < size:
        raise GgufError(f"The file was cut: tensor '{place.name}' is not whole")
    return Tensor(place.name, place.shape, kind, np.frombuffer(data, np.uint8))
