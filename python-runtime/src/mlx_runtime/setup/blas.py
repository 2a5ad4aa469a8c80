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

_FUNCTIONS = ("cblas_sgemm", "cblas_dgemm", "cblas_cgemm")


def prepare_blas(target: Path) -> None:
    """Write the library to preload to `target`.

    Raises `FileNotFoundError` where the environment lacks OpenBLAS or
    patchelf, `subprocess.CalledProcessError` where renaming fails.
    """
    library = _openblas_library()
    patchelf = _patchelf()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        copy = Path(folder) / target.name
        shutil.copyfile(library, copy)
        names = Path(folder) / "names"
        names.write_text("".join(f"scipy_{name} {name}\n" for name in _FUNCTIONS))
        command = [patchelf, "--rename-dynamic-symbols", str(names), str(copy)]
        subprocess.run(command, check=True, capture_output=True, text=True)
        os.replace(copy, target)


def _openblas_library() -> Path:
    package = importlib.util.find_spec("scipy_openblas32")
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError("scipy-openblas32 is not installed")
    return Path(package.submodule_search_locations[0]) / "lib" / "libscipy_openblas.so"


def _patchelf() -> str:
    beside_python = Path(sys.executable).parent / "patchelf"
    found = str(beside_python) if beside_python.exists() else shutil.which("patchelf")
    if found is None:
        raise FileNotFoundError("patchelf is not installed")
    return found
