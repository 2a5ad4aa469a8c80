"""Compiled kernels are kept for the next process. Compiling itself needs a card:
`apps/bench/python/device_kernels.py` checks what it yields."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlx_runtime.model.cuda import compiler

DEFINITIONS = {"SIZE": 64, "NUMBER": 0}


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What was given to NVRTC."""
    given: list[str] = []

    def compile_(source: str, name: str, architecture: str) -> bytes:
        given.append(source)
        return f"{name} for {architecture}".encode()

    monkeypatch.setattr(compiler, "_compile", compile_)
    monkeypatch.setattr(compiler, "_architecture", lambda: "sm_90")
    monkeypatch.setattr(compiler, "_version", lambda: (13, 0))
    monkeypatch.setenv("MLX_PTX_CACHE_DIR", str(tmp_path / "kernels"))
    return given


def test_a_kernel_is_compiled_once(sources: list[str]) -> None:
    first = compiler.compiled("join_splits.cu", DEFINITIONS)
    assert compiler.compiled("join_splits.cu", DEFINITIONS) == first == b"join_splits.cu for sm_90"
    assert len(sources) == 1
    assert sources[0].startswith("#define SIZE 64\n#define NUMBER 0\n")
    assert "join_splits(" in sources[0]


def test_other_definitions_and_compilers_make_another_kernel(
    sources: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler.compiled("join_splits.cu", DEFINITIONS)
    compiler.compiled("join_splits.cu", {**DEFINITIONS, "SIZE": 128})
    monkeypatch.setattr(compiler, "_version", lambda: (13, 1))
    compiler.compiled("join_splits.cu", DEFINITIONS)
    assert len(sources) == 3


def test_a_folder_that_cannot_be_written_costs_only_time(
    sources: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setenv("MLX_PTX_CACHE_DIR", str(blocked))
    for _ in range(2):
        assert compiler.compiled("sample.cu", {"NUMBER": 2}) == b"sample.cu for sm_90"
    assert len(sources) == 2


def test_without_a_card_nothing_is_compiled() -> None:
    assert not compiler.can_compile()
