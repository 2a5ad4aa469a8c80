"""The door to OpenBLAS, which computes MLX's matrix products where it was put in front."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

_PREFIXES = ("scipy_openblas", "openblas")


@dataclass(frozen=True, slots=True)
class Blas:
    most_threads: int
    """Of one product: what OPENBLAS_NUM_THREADS says, or the number of threads."""
    _set_threads: Any

    def use(self, threads: int) -> None:
        """For the products that start from now on."""
        self._set_threads(threads)


def find_blas() -> Blas | None:
    """None where another library computes the products, or none that can be told."""
    process = ctypes.CDLL(None)
    for prefix in _PREFIXES:
        if hasattr(process, f"{prefix}_set_num_threads"):
            most = int(getattr(process, f"{prefix}_get_num_threads")())
            return Blas(most, getattr(process, f"{prefix}_set_num_threads"))
    return None
