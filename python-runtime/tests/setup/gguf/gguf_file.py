"""A writer of small GGUF files (version 3), independent of what reads them.

Layout: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Value = str | int | float | bool | Sequence[str] | Sequence[int]

BLOCK = 32
_ALIGNMENT = 32
_F32, _Q4_1, _Q8_0 = 0, 3, 8
_UINT32, _INT32, _FLOAT32, _BOOL, _STRING, _ARRAY = 4, 5, 6, 7, 8, 9


@dataclass(frozen=True)
class Tensor:
    """Encoded data and the numbers it decodes to."""

    kind: int
    data: bytes
    decoded: Floats


def plain(values: Floats) -> Tensor:
    return Tensor(_F32, values.astype("<f4").tobytes(), values)


def four_bit(values: Floats) -> Tensor:
    """Q4_1: per 32 values a scale, a minimum, and 16 bytes; low nibbles are the first half."""
    blocks = values.reshape(-1, BLOCK)
    minimum = blocks.min(axis=1, keepdims=True).astype("<f2")
    scale = ((blocks.max(axis=1, keepdims=True) - minimum) / 15).astype("<f2")
    codes = np.clip(np.round((blocks - minimum) / scale), 0, 15).astype(np.uint8)
    packed = codes[:, : BLOCK // 2] | (codes[:, BLOCK // 2 :] << 4)
    rows = zip(scale, minimum, packed, strict=True)
    data = b"".join(s.tobytes() + m.tobytes() + p.tobytes() for s, m, p in rows)
    decoded = codes * scale.astype(np.float32) + minimum.astype(np.float32)
    return Tensor(_Q4_1, data, decoded.astype(np.float32).reshape(values.shape))


def eight_bit(values: Floats) -> Tensor:
    """Q8_0: per 32 values a scale and 32 signed bytes."""
    blocks = values.reshape(-1, BLOCK)
    scale = (np.abs(blocks).max(axis=1, keepdims=True) / 127).astype("<f2")
    codes = np.clip(np.round(blocks / scale), -127, 127).astype(np.int8)
    rows = zip(scale, codes, strict=True)
    data = b"".join(s.tobytes() + c.tobytes() for s, c in rows)
    decoded = codes * scale.astype(np.float32)
    return Tensor(_Q8_0, data, decoded.astype(np.float32).reshape(values.shape))


def write_gguf(path: Path, metadata: Mapping[str, Value], tensors: Mapping[str, Tensor]) -> None:
    header = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    pairs = b"".join(_text(key) + _value(value) for key, value in metadata.items())
    infos, data = b"", b""
    for name, tensor in tensors.items():
        shape = tensor.decoded.shape[::-1]
        infos += _text(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
        infos += struct.pack("<IQ", tensor.kind, len(data))
        data += _pad(tensor.data)
    path.write_bytes(_pad(header + pairs + infos) + data)


def _pad(data: bytes) -> bytes:
    return data + bytes(-len(data) % _ALIGNMENT)


def _text(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def _value(value: Value) -> bytes:
    if isinstance(value, str):
        return struct.pack("<I", _STRING) + _text(value)
    if isinstance(value, bool):
        return struct.pack("<I?", _BOOL, value)
    if isinstance(value, int):
        return struct.pack("<II", _UINT32, value)
    if isinstance(value, float):
        return struct.pack("<If", _FLOAT32, value)
    kind = _STRING if isinstance(value[0], str) else _INT32
    items = [_text(item) if isinstance(item, str) else struct.pack("<i", item) for item in value]
    return struct.pack("<IIQ", _ARRAY, kind, len(value)) + b"".join(items)
