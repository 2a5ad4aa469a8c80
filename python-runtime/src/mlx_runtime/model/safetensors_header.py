"""What safetensors files say that is in them, checked as the format's own library checks it.

Layout: https://huggingface.co/docs/safetensors. MLX believes a header and reads wherever it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from pathlib import Path

import msgspec

from ..errors import MODEL_LOAD_ERROR, RpcError

_LENGTH_BYTES = 8
_LONGEST = 100_000_000
"""Bytes; safetensors' own limit."""
_POINTER = b"version https://git-lfs"
_METADATA = "__metadata__"
_BITS: Mapping[str, int] = (
    {"BOOL": 8, "F16": 16, "BF16": 16, "F32": 32, "F64": 64, "C64": 64}
    | dict.fromkeys(("F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8)
    | {f"{sign}{bits}": bits for sign in "UI" for bits in (8, 16, 32, 64)}
)


class TensorInfo(msgspec.Struct, frozen=True):
    """Of one tensor."""

    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]
    """Bytes, counted from the end of the header."""


Header = Mapping[str, TensorInfo]


def load_failed(message: str) -> RpcError:
    return RpcError(MODEL_LOAD_ERROR, message, type="model_load_failed")


def refuse_pointer(path: Path, beginning: bytes) -> None:
    """Raises RpcError `model_load_failed` for what Git left in the place of a large file."""
    if beginning.startswith(_POINTER):
        raise load_failed(
            f"{path} is a pointer of Git LFS and not the file itself: run `git lfs pull` in its "
            "directory, or fetch the model again"
        )


def read_header(path: Path) -> Header:
    """By tensor its type, shape and place. Raises RpcError `model_load_failed` for a file that is
    not whole, or whose tensors do not fill it one behind the other."""
    size = path.stat().st_size
    if size == 0:
        raise load_failed(f"{path} is empty. Fetch the model again")
    with path.open("rb") as file:
        start = file.read(_LENGTH_BYTES)
        length = int.from_bytes(start, "little")
        refuse_pointer(path, start + file.read(len(_POINTER)))
        if size < _LENGTH_BYTES or length > min(_LONGEST, size - _LENGTH_BYTES):
            raise load_failed(f"{path} is not safetensors, or was cut. Fetch the model again")
        file.seek(_LENGTH_BYTES)
        header = _decoded(path, file.read(length))
    _require_whole(path, header, size - _LENGTH_BYTES - length)
    return header


def _decoded(path: Path, content: bytes) -> Header:
    try:
        entries = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
        metadata = entries.pop(_METADATA, None)
        if metadata is not None:
            msgspec.json.decode(metadata, type=dict[str, str] | None)
        return {name: _tensor(name, entry) for name, entry in entries.items()}
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise load_failed(f"{path} is not safetensors: {error}. Fetch the model again") from error


def _tensor(name: str, entry: msgspec.Raw) -> TensorInfo:
    try:
        tensor = msgspec.json.decode(entry, type=TensorInfo)
    except msgspec.ValidationError as error:
        raise ValueError(f"{name} has no type, shape and place in it ({error})") from error
    begin, end = tensor.data_offsets
    bits = _BITS.get(tensor.dtype)
    needed = None if bits is None else prod(tensor.shape) * bits // 8
    if min(tensor.shape, default=0) < 0 or begin > end or needed not in (None, end - begin):
        raise ValueError(
            f"{name}, {tensor.dtype} of {list(tensor.shape)}, is not {end - begin} bytes"
        )
    return tensor


def _require_whole(path: Path, header: Header, there: int) -> None:
    places = sorted(tensor.data_offsets for tensor in header.values())
    missing = max((end for _, end in places), default=0) - there
    if missing > 0:
        raise load_failed(f"{path} was cut: {missing} bytes are missing. Fetch the model again")
    last = 0
    for begin, end in places:
        if begin != last:
            raise load_failed(
                f"{path} is not safetensors: there is a gap or an overlap at byte {begin} of its "
                "numbers. Fetch the model again"
            )
        last = end
    if last != there:
        raise load_failed(
            f"{path} is not safetensors: {there - last} bytes belong to nothing in it. Fetch the "
            "model again"
        )
