from __future__ import annotations

from pathlib import Path

import pytest

from mlx_runtime.setup.staging import staged_directory


def test_directory_appears_when_the_block_succeeds(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "model"
    with staged_directory(target) as staging:
        (staging / "file").write_text("content")
        assert not target.exists()
    assert (target / "file").read_text() == "content"
    assert list(target.parent.iterdir()) == [target]


def test_nothing_is_left_when_the_block_fails(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="broken"), staged_directory(tmp_path / "model"):
        raise RuntimeError("broken")
    assert list(tmp_path.iterdir()) == []


def test_the_first_of_two_results_stays(tmp_path: Path) -> None:
    target = tmp_path / "model"
    with staged_directory(target) as slow:
        (slow / "file").write_text("slow")
        with staged_directory(target) as fast:
            (fast / "file").write_text("fast")
    assert (target / "file").read_text() == "fast"
    assert list(tmp_path.iterdir()) == [target]
