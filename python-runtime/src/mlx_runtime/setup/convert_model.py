"""A GGUF file, or a directory as Hugging Face has it, into a directory that MLX loads."""

from __future__ import annotations

import errno
import shutil
import time
from collections.abc import Generator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory

from .events import emit
from .gguf.convert import convert_gguf
from .gguf.packing import can_pack
from .gguf.parts import is_first_of_all, read_whole
from .schemes import ConversionError, Scheme

_SECONDS_BETWEEN_REPORTS = 0.2
_HALF = 2
"""Bytes of a dense weight."""
_SHARE_OF_HALF = {"8": 0.6, "mixed": 0.4}
"""Bytes of a quantised weight by those of a dense one, scales included; of four bits a third."""


_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
_MLX_CANNOT_WRITE = "[write] Unable to write"


class DiskFullError(OSError):
    """There is less room than the result takes."""


def convert_model(source: Path, target: Path, scheme: Scheme | None) -> None:
    """Writes `target` whole or not at all, and emits `progress` meanwhile.

    Raises ConversionError, GgufError and RpcError for what cannot be converted, DiskFullError
    where there is no room: before anything was written if that can be told.
    """
    if target.exists():
        raise ConversionError(f"{target} is there already: remove it, or name another directory")
    target.parent.mkdir(parents=True, exist_ok=True)
    with _telling_of_a_full_disk(target):
        _convert(source, target, scheme)


@contextmanager
def _telling_of_a_full_disk(target: Path) -> Generator[None]:
    """Something else may fill the disk meanwhile."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        number = error.errno if isinstance(error, OSError) else None
        if number in _NO_SPACE or str(error).startswith(_MLX_CANNOT_WRITE):
            raise DiskFullError(f"The disk that holds {target.parent} is full") from error
        raise


def _convert(source: Path, target: Path, scheme: Scheme | None) -> None:
    file = _gguf_of(source)
    if file is None:
        _require_room(target, _directory_bytes(source, scheme))
        _quantize(source, target, scheme)
    elif scheme is None:
        _require_room(target, _gguf_bytes(file, packed=True))
        convert_gguf(file, target, _reporting(f"Converting {file.name}"))
    else:
        _require_room(target, int(_gguf_bytes(file, packed=False) * (1 + _share(scheme))))
        # Next to the target, so that both are on the disk that has room.
        with TemporaryDirectory(prefix=f".{target.name}-dense-", dir=target.parent) as folder:
            dense = Path(folder) / "dense"
            convert_gguf(file, dense, _reporting(f"Reading {file.name}"), packed=False)
            _quantize(dense, target, scheme)


def _quantize(source: Path, target: Path, scheme: Scheme | None) -> None:
    # A file that is converted as it is needs no MLX, whose import takes longer than that.
    from .quantize import quantize_directory

    quantize_directory(source, target, scheme, lambda message: emit("progress", message=message))


def _gguf_of(source: Path) -> Path | None:
    """The file that is meant by its own name or by that of the directory that has no other
    weights."""
    if not source.exists():
        raise ConversionError(f"There is no {source}")
    if source.is_file():
        return source
    files = sorted(source.glob("*.gguf"))
    if not files or any(source.glob("*.safetensors")):
        return None
    if len(files) > 1 and not is_first_of_all(files):
        names = ", ".join(file.name for file in files)
        raise ConversionError(f"{source} holds several GGUF files: name one of {names}")
    return files[0]


def _require_room(target: Path, needed: int) -> None:
    free = shutil.disk_usage(target.parent).free
    if free < needed:
        raise DiskFullError(
            f"The result takes about {needed / 1e9:.1f} GB, and {target.parent} has "
            f"{free / 1e9:.1f} GB free"
        )


def _directory_bytes(source: Path, scheme: Scheme | None) -> int:
    stored = sum(file.stat().st_size for file in source.glob("*.safetensors"))
    return int(stored * (1 if scheme is None else _share(scheme)))


def _gguf_bytes(file: Path, *, packed: bool) -> int:
    return sum(
        tensor.data.size if packed and can_pack(tensor) else prod(tensor.shape) * _HALF
        for tensor in read_whole(file).tensors.values()
    )


def _share(scheme: Scheme) -> float:
    return _SHARE_OF_HALF.get(scheme, 0.35)


def _reporting(message: str):
    last = 0.0

    def report(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done == total or now - last >= _SECONDS_BETWEEN_REPORTS:
            last = now
            emit("progress", message=message, bytes=done, totalBytes=total)

    return report
