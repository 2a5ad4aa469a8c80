"""Compiles this package's kernels with NVRTC, which comes with MLX for CUDA.

What was compiled is kept where MLX keeps its own kernels (`MLX_PTX_CACHE_DIR`),
named by what it was made of, and used again by the next process.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

import mlx.core as mx

_LIBRARIES = ("libnvrtc.so.13", "libnvrtc.so.12")
_LEAST_CAPABILITY = 8
"""Copies that do not wait and products of bfloat16 came with it."""


class CompileFailed(Exception):
    """NVRTC is missing, or did not accept a kernel; the message is its log."""


def compiled(file: str, definitions: Mapping[str, int]) -> bytes:
    """Machine code of one of this package's files for the present device; raises CompileFailed."""
    defined = [f"#define {name} {value}" for name, value in definitions.items()]
    source = "\n".join([*defined, _text("numbers.cuh"), _text(file)])
    architecture = _architecture()
    digest = hashlib.sha256(f"{architecture} {_version()}\n{source}".encode()).hexdigest()
    kept = _directory() / f"mlx-serve-{Path(file).stem}-{digest[:32]}.cubin"
    try:
        return kept.read_bytes()
    except OSError:
        code = _compile(source, file, architecture)
    _keep(kept, code)
    return code


def can_compile() -> bool:
    """True where the device and the installed libraries allow own kernels."""
    capability = int(str(mx.device_info().get("compute_capability_major", 0)))
    return capability >= _LEAST_CAPABILITY and any(map(_loaded, _LIBRARIES))


def _text(file: str) -> str:
    return files("mlx_runtime.model.cuda").joinpath(file).read_text("utf-8")


def _architecture() -> str:
    info = mx.device_info()
    major, minor = info["compute_capability_major"], info["compute_capability_minor"]
    return f"sm_{major}{minor}"


def _directory() -> Path:
    named = os.environ.get("MLX_PTX_CACHE_DIR")
    return Path(named) if named else Path(tempfile.gettempdir()) / "mlx-serve-kernels"


def _keep(path: Path, code: bytes) -> None:
    """Whole or not at all; without a place to write, the next process compiles again."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(code)
        os.replace(name, path)
    except OSError:
        return


@cache
def _nvrtc() -> ctypes.CDLL:
    library = next(filter(None, map(_loaded, _LIBRARIES)), None)
    if library is None:
        raise CompileFailed(f"none of {', '.join(_LIBRARIES)} can be loaded")
    return library


def _loaded(name: str) -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(name)
    except OSError:
        return None


def _version() -> tuple[int, int]:
    major, minor = ctypes.c_int(), ctypes.c_int()
    _nvrtc().nvrtcVersion(ctypes.byref(major), ctypes.byref(minor))
    return major.value, minor.value


def _compile(source: str, name: str, architecture: str) -> bytes:
    nvrtc = _nvrtc()
    program = ctypes.c_void_p()
    _check(
        nvrtc.nvrtcCreateProgram(
            ctypes.byref(program), source.encode(), name.encode(), 0, None, None
        ),
        "no program",
    )
    try:
        options = [f"--gpu-architecture={architecture}".encode(), b"--std=c++17"]
        failed = nvrtc.nvrtcCompileProgram(
            program, len(options), (ctypes.c_char_p * len(options))(*options)
        )
        _check(failed, _taken(program, "ProgramLog").decode(errors="replace") if failed else "")
        return _taken(program, "CUBIN")
    finally:
        nvrtc.nvrtcDestroyProgram(ctypes.byref(program))


def _taken(program: ctypes.c_void_p, what: str) -> bytes:
    """What NVRTC has to give under a name, by its pair of functions."""
    size = ctypes.c_size_t()
    _check(getattr(_nvrtc(), f"nvrtcGet{what}Size")(program, ctypes.byref(size)), what)
    buffer = ctypes.create_string_buffer(size.value)
    _check(getattr(_nvrtc(), f"nvrtcGet{what}")(program, buffer), what)
    return buffer.raw


def _check(status: int, message: str) -> None:
    if status:
        raise CompileFailed(message or f"NVRTC's error {status}")
