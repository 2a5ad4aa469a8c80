"""The download command against a hub on loopback, through the real hub library."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mlx_runtime.setup.hub_files import wanted_files

from .hub_server import COMMIT, Hub, serving

MODEL = "tests/tiny"
FILES = {
    "config.json": b'{"model_type": "llama"}',
    "model.safetensors": b"weights" * 1000,
    "tokenizer.json": b"{}",
    "modeling_tiny.py": b"raise SystemExit('ran code')",
    "pytorch_model.bin": b"pickle",
    "README.md": b"# tiny",
}


def _download(hub: Hub, target: Path, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """Exit status and events of the command."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    variables |= {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(target.parent / "hf-home")}
    command = [sys.executable, "-m", "mlx_runtime.setup", "hub", hub.model, str(target), *arguments]
    source = Path(__file__).parents[2] / "src"
    result = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        env=variables | {"PYTHONPATH": str(source), "no_proxy": "127.0.0.1"},
    )
    return result.returncode, [json.loads(line) for line in result.stdout.splitlines()]


def test_weights_config_and_tokenizer_come_and_nothing_else(tmp_path: Path) -> None:
    with serving(Hub(MODEL, FILES)) as hub:
        status, events = _download(hub, tmp_path / "model", "--revision", "main")
    names = {"config.json", "model.safetensors", "tokenizer.json"}
    total = sum(len(FILES[name]) for name in names)
    assert status == 0
    assert events == [
        {"event": "started"},
        {"event": "resolved", "commit": COMMIT, "bytes": total},
        {"event": "done"},
    ]
    assert {path.name: path.read_bytes() for path in (tmp_path / "model").iterdir()} == {
        name: FILES[name] for name in names
    }
    assert set(hub.served) == names


def test_interrupted_download_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    with serving(Hub(MODEL, FILES, missing={"tokenizer.json"})) as hub:
        assert _download(hub, tmp_path / "model")[0] == 1
        hub.missing.clear()
        assert _download(hub, tmp_path / "model")[0] == 0
    assert sorted(hub.served) == ["config.json", "model.safetensors", "tokenizer.json"]


@pytest.mark.parametrize(
    ("name", "lies"),
    [
        ("model.safetensors", {"announced_sha256": {"model.safetensors": "0" * 64}}),
        ("config.json", {"announced_blob_ids": {"config.json": "0" * 40}}),
    ],
    ids=["large-file", "small-file"],
)
def test_file_that_differs_from_its_announced_checksum_is_refused(
    name: str, lies: dict[str, Any], tmp_path: Path
) -> None:
    with serving(Hub(MODEL, FILES, **lies)) as hub:
        status, events = _download(hub, tmp_path / "model")
    assert status == 1
    assert events[-1]["reason"] == "failed"
    assert f"{name} differs from the checksum" in events[-1]["message"]
    assert not (tmp_path / "model" / name).exists()


@pytest.mark.parametrize(
    ("status", "headers", "reason"),
    [
        (401, {"X-Error-Code": "RepoNotFound"}, "not-found"),
        (403, {"X-Error-Code": "GatedRepo"}, "denied"),
        (404, {"X-Error-Code": "RevisionNotFound"}, "revision-not-found"),
        (403, {}, "denied"),
    ],
)
def test_refusals_are_told_apart(
    status: int, headers: dict[str, str], reason: str, tmp_path: Path
) -> None:
    with serving(Hub(MODEL, FILES, status=status, headers=headers)) as hub:
        code, events = _download(hub, tmp_path / "model")
    assert (code, events[-1]["reason"]) == (1, reason)


def test_hub_that_cannot_be_reached_is_called_unreachable(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        hub = Hub(MODEL, FILES, endpoint=f"http://127.0.0.1:{closed.getsockname()[1]}")
        code, events = _download(hub, tmp_path / "model")
    assert (code, events[-1]["reason"]) == (1, "unreachable")


def test_files_in_folders_are_not_wanted() -> None:
    names = ["onnx/model.safetensors", "model-00001-of-00002.safetensors", "chat_template.jinja"]
    assert wanted_files(names) == names[1:]
