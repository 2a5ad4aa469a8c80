"""The door to OpenBLAS, which computes MLX's matrix products where it was put in front.

NumPy brings another one along, for its own products.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

_PREFIXES = ("scipy_openblas", "openblas")
_SUFFIXES = ("", "64_")
"""Behind names in libraries whose integers have 32 bits, or 64."""


@dataclass(frozen=True, slots=True)
class Blas:
    most_threads: int
    """Of one product: what OPENBLAS_NUM_THREADS says, or the number of threads."""
    _set_threads: Any
    _get_threads: Any

    def use(self, threads: int) -> None:
        """For the products that start from now on."""
        self._set_threads(threads)

    @property
    def threads(self) -> int:
        """Of products that start now."""
        return int(self._get_threads())


@cache
def find_blas() -> Blas | None:
    """MLX's; None where another library computes the products, or none that can be told."""
    return _blas_in(ctypes.CDLL(None))


def find_numpy_blas() -> Blas | None:
    """NumPy's own; None where it has another library, or none that can be told."""
    for path in _numpy_libraries():
        with suppress(OSError):
            found = _blas_in(ctypes.CDLL(str(path)))
            if found is not None:
                return found
    return None


def _numpy_libraries() -> Iterator[Path]:
    """As wheels for Linux and macOS lay them beside the package."""
    package = Path(np.__file__).parent
    for folder in (package.parent / "numpy.libs", package / ".dylibs"):
        yield from folder.glob("*openblas*")


def _blas_in(library: ctypes.CDLL) -> Blas | None:
    for prefix in _PREFIXES:
        for suffix in _SUFFIXES:
            if hasattr(library, f"{prefix}_set_num_threads{suffix}"):
                get_threads = getattr(library, f"{prefix}_get_num_threads{suffix}")
                set_threads = getattr(library, f"{prefix}_set_num_threads{suffix}")
                return Blas(int(get_threads()), set_threads, get_threads)
    return None
