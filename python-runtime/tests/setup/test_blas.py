from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mlx_runtime.setup import blas

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a slow BLAS")


def test_prepared_library_makes_products_faster(tmp_path: Path) -> None:
    target = tmp_path / "lib" / "libopenblas.so"
    assert blas.install_blas(target) >= 2
    assert list(target.parent.iterdir()) == [target]


def test_library_that_mlx_does_not_pick_up_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blas, "_FUNCTIONS", ("cblas_saxpy",))
    target = tmp_path / "libopenblas.so"
    with pytest.raises(blas.BlasError, match="did not pick up OpenBLAS"):
        blas.install_blas(target)
    assert list(tmp_path.iterdir()) == []


def test_missing_wheel_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy_openblas32", None)
    with pytest.raises(blas.BlasError, match="scipy-openblas32 is not installed"):
        blas.install_blas(tmp_path / "libopenblas.so")
