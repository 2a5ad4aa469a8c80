from __future__ import annotations

import json
import os
from pathlib import Path

from mlx_runtime.setup.checksums import SEAL, changed_files, seal


def _sealed(directory: Path) -> Path:
    (directory / "config.json").write_text("{}")
    (directory / "model.safetensors").write_bytes(b"weights" * 1000)
    seal(directory)
    return directory


def test_untouched_files_are_unchanged(tmp_path: Path) -> None:
    assert changed_files(_sealed(tmp_path)) == []


def test_one_flipped_bit_is_found(tmp_path: Path) -> None:
    weights = _sealed(tmp_path) / "model.safetensors"
    status = weights.stat()
    content = bytearray(weights.read_bytes())
    content[100] ^= 1
    weights.write_bytes(content)
    os.utime(weights, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert changed_files(tmp_path) == ["model.safetensors"]


def test_missing_file_is_found(tmp_path: Path) -> None:
    (_sealed(tmp_path) / "config.json").unlink()
    assert changed_files(tmp_path) == ["config.json"]


def test_file_that_was_only_touched_counts_as_checked_from_then_on(tmp_path: Path) -> None:
    os.utime(_sealed(tmp_path) / "config.json", ns=(1, 2))
    assert changed_files(tmp_path) == []
    assert json.loads((tmp_path / SEAL).read_text())["config.json"]["modified"] == "2"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(f"{SEAL}.")] == []


def test_directory_that_cannot_be_written_to_is_checked_too(tmp_path: Path) -> None:
    os.utime(_sealed(tmp_path) / "config.json", ns=(1, 2))
    tmp_path.chmod(0o555)
    try:
        assert changed_files(tmp_path) == []
    finally:
        tmp_path.chmod(0o755)
