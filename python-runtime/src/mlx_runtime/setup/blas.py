"""A fast BLAS under the names MLX's CPU backend looks up.

MLX's Linux wheel carries the reference BLAS and calls three of its functions.
The `scipy-openblas32` wheel has fast ones under prefixed names; a copy of its
library with those names restored, preloaded, takes over.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_REQUIRED_SPEEDUP = 2.0
_FUNCTIONS = ("cblas_sgemm", "cblas_dgemm", "cblas_cgemm")


class BlasError(RuntimeError):
    """No library that makes MLX faster could be had."""


def install_blas(target: Path) -> float:
    """Write the library to preload to `target`; return how much faster a product is with it.

    Raises `BlasError` where OpenBLAS or patchelf are missing, renaming fails,
    or MLX does not get faster.
    """
    prepare_blas(target)
    speedup = _product_seconds(None) / _product_seconds(target)
    if speedup < _REQUIRED_SPEEDUP:
        target.unlink()
        raise BlasError(f"MLX did not pick up OpenBLAS: products are {speedup:.1f} times as fast")
    return speedup


def prepare_blas(target: Path) -> None:
    """Copy OpenBLAS to `target` under the names MLX calls. Raises `BlasError`."""
    library = _openblas_library()
    patchelf = _patchelf()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        copy = Path(folder) / target.name
        shutil.copyfile(library, copy)
        names = Path(folder) / "names"
        names.write_text("".join(f"scipy_{name} {name}\n" for name in _FUNCTIONS))
        command = [patchelf, "--rename-dynamic-symbols", str(names), str(copy)]
        _run(command)
        os.replace(copy, target)


def _openblas_library() -> Path:
    package = importlib.util.find_spec("scipy_openblas32")
    if package is None or not package.submodule_search_locations:
        raise BlasError("scipy-openblas32 is not installed")
    return Path(package.submodule_search_locations[0]) / "lib" / "libscipy_openblas.so"


def _patchelf() -> str:
    beside_python = Path(sys.executable).parent / "patchelf"
    found = str(beside_python) if beside_python.exists() else shutil.which("patchelf")
    if found is None:
        raise BlasError("patchelf is not installed")
    return found


def _product_seconds(library: Path | None) -> float:
    """Best time of a 40x576 by 576x1536 product in a new process, `library` preloaded."""
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    if library is not None:
        environment["LD_PRELOAD"] = str(library)
    # One thread: two of them wait for each other on a busy machine.
    environment["OPENBLAS_NUM_THREADS"] = "1"
    return float(_run([sys.executable, "-c", _TIMING_SCRIPT], environment))


_TIMING_SCRIPT = """
import time
import mlx.core as mx
left, right = mx.ones((40, 576)), mx.ones((576, 1536))
mx.eval(left, right)
times = []
for _ in range(20):
    start = time.perf_counter()
    mx.eval(left @ right)
    times.append(time.perf_counter() - start)
print(min(times))
"""


def _run(command: list[str], environment: dict[str, str] | None = None) -> str:
    result = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if result.returncode != 0:
        reason = result.stderr.strip() or f"exit status {result.returncode}"
        raise BlasError(f"{Path(command[0]).name} failed: {reason}")
    return result.stdout
