"""Files of several processes in one directory: whole, and never beyond the limit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlx_runtime.generation.prefix_cache.disk import directory as directory_module
from mlx_runtime.generation.prefix_cache.disk.directory import PrefixDirectory

# Loaded by path: the module needs nothing of the package, and importing MLX takes long.
WRITER = """
import importlib.util, sys
from pathlib import Path

spec = importlib.util.spec_from_file_location("directory", sys.argv[1])
module = importlib.util.module_from_spec(spec)
sys.modules["directory"] = module
spec.loader.exec_module(module)
directory = module.PrefixDirectory(Path(sys.argv[2]), 10_000)
for index in range(int(sys.argv[4])):
    assert directory.write(f"{sys.argv[3]}-{index}", [bytes([index % 256]) * 500] * 2)
"""


def start_writer(path: Path, name: str, count: int) -> subprocess.Popen[bytes]:
    module = directory_module.__file__
    return subprocess.Popen([sys.executable, "-c", WRITER, module, str(path), name, str(count)])


def total(path: Path) -> int:
    sizes = 0
    for file in path.iterdir():
        with suppress(FileNotFoundError):
            sizes += file.stat().st_size
    return sizes


@given(sizes=st.lists(st.integers(0, 120), max_size=20), limit=st.integers(1, 200))
@settings(max_examples=40)
def test_the_limit_holds_after_any_writes(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], limit: int
) -> None:
    path = tmp_path_factory.mktemp("kept") / "inner"
    directory = PrefixDirectory(path, limit)
    for index, size in enumerate(sizes):
        assert directory.write(str(index), [b"x" * size]) == (size <= limit)
        assert not path.exists() or total(path) <= limit


def test_what_was_used_least_recently_goes_first(tmp_path: Path) -> None:
    directory = PrefixDirectory(tmp_path, 30)
    for place, name in enumerate("abc"):
        directory.write(name, [b"0123456789"])
        os.utime(tmp_path / f"{name}.prefix", ns=(place, place))
    directory.touch("a")
    directory.write("d", [b"0123456789"])
    assert directory.names() == {"a", "c", "d"}


def test_what_a_writer_that_died_left_behind_is_cleared(tmp_path: Path) -> None:
    (tmp_path / "half.unfinished").write_bytes(b"x" * 1000)
    directory = PrefixDirectory(tmp_path, 100)
    assert directory.names() == set()
    directory.write("whole", [b"y"])
    assert {file.name for file in tmp_path.iterdir()} == {"whole.prefix", "lock"}


def test_a_disk_that_fills_up_leaves_no_part_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = PrefixDirectory(tmp_path, 1000)
    directory.write("before", [b"1"])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(directory_module.os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        directory.write("after", [b"2"])
    assert {file.name for file in tmp_path.iterdir()} == {"before.prefix", "lock"}


def test_a_place_that_cannot_be_written_is_an_error_for_the_writer_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    directory = PrefixDirectory(tmp_path / "file" / "inner", 1000)
    with pytest.raises(OSError, match="Not a directory"):
        directory.write("a", [b"1"])
    assert directory.names() == set()
    directory.touch("a")
    directory.remove("a")


def test_processes_that_write_at_once_keep_files_whole_and_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "shared"
    path.mkdir()
    writers = [start_writer(path, name, 40) for name in ("left", "right", "middle")]
    while any(writer.poll() is None for writer in writers):
        assert total(path) <= 10_000
        for name in PrefixDirectory(path, 10_000).names():
            check_whole(path / f"{name}.prefix")
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert len(PrefixDirectory(path, 10_000).names()) == 10


def check_whole(file: Path) -> None:
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return
    assert len(content) == 1000
    assert len(set(content)) == 1


def test_a_writer_killed_at_any_moment_blocks_nobody(tmp_path: Path) -> None:
    for wait in (0.0, 0.01, 0.03):
        writer = start_writer(tmp_path, "killed", 1_000_000)
        limit = time.monotonic() + 60
        while not list(tmp_path.glob("killed*")) and time.monotonic() < limit:
            time.sleep(0.005)
        time.sleep(wait)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        assert PrefixDirectory(tmp_path, 10_000).write("mine", [b"1"])
        assert total(tmp_path) <= 10_000


def test_a_lock_that_is_never_released_is_given_up_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory_module, "_LONGEST_WAIT", 0.05)
    directory = PrefixDirectory(tmp_path, 100)
    with directory._locked(), pytest.raises(TimeoutError):
        directory.write("a", [b"1"])
    assert directory.write("a", [b"1"])
