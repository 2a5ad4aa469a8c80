"""A model is data: a directory that brings code is refused before anything is loaded."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from mlx_runtime.errors import RpcError
from mlx_runtime.model.directory import open_model_directory

WEIGHTS = (2).to_bytes(8, "little") + b"{}"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "model.safetensors").write_bytes(WEIGHTS)
    return configure(tmp_path)


def configure(path: Path, **fields: Any) -> Path:
    (path / "config.json").write_text(json.dumps({"model_type": "llama", **fields}))
    return path


def refusal(path: Path) -> str:
    with pytest.raises(RpcError) as refused:
        open_model_directory(str(path))
    assert refused.value.type == "model_load_failed"
    return refused.value.message


def test_plain_weights_and_json_are_accepted(directory: Path) -> None:
    opened = open_model_directory(str(directory))

    assert opened.stored_bytes == len(WEIGHTS)
    assert opened.config["model_type"] == "llama"


def test_an_encoder_that_is_not_known_is_refused_as_one(directory: Path) -> None:
    message = refusal(configure(directory, model_type="distilbert"))

    assert "is an encoder" in message
    assert "xlm-roberta" in message


def test_a_model_file_is_refused_by_name(directory: Path) -> None:
    assert "evil.py" in refusal(configure(directory, model_file="evil.py"))


@pytest.mark.parametrize("file", ["config.json", "tokenizer_config.json"])
def test_mapped_code_is_refused_and_not_run(directory: Path, file: str) -> None:
    (directory / "modeling_evil.py").write_text("raise SystemExit('ran')")
    auto_map = {"AutoModelForCausalLM": "modeling_evil.Model", "AutoTokenizer": ["t.T", None]}
    (directory / file).write_text(json.dumps({"model_type": "llama", "auto_map": auto_map}))

    assert "modeling_evil.py" in refusal(directory)


def test_code_mapped_to_another_repository_is_refused(directory: Path) -> None:
    configure(directory, auto_map={"AutoConfig": "someone/else--configuration.Config"})

    assert "someone/else" in refusal(directory)


def test_a_mapping_without_its_code_is_harmless(directory: Path) -> None:
    configure(directory, auto_map={"AutoConfig": "configuration_phi3.Phi3Config"})

    assert open_model_directory(str(directory)).stored_bytes == len(WEIGHTS)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "weights.pt", "x.ckpt", "weights.pkl"])
def test_pickles_are_refused(directory: Path, name: str) -> None:
    (directory / "model.safetensors").unlink()
    (directory / name).write_bytes(pickle.dumps({}))

    assert f"pickled weights ({name})" in refusal(directory)


def test_pickles_beside_weights_are_not_read(directory: Path) -> None:
    for name in ("pytorch_model.bin", "optimizer.pt"):
        (directory / name).write_bytes(pickle.dumps({}))

    assert [file.name for file in open_model_directory(str(directory)).weight_files] == [
        "model.safetensors"
    ]


@pytest.mark.parametrize(
    ("declared", "ends"), [(0, 0), ([0, 7], [0, 7]), (None, 2)], ids=["zero", "two", "none"]
)
def test_the_ends_of_the_generation_configuration_count(
    directory: Path, declared: object, ends: object
) -> None:
    configure(directory, eos_token_id=2)
    (directory / "generation_config.json").write_text(json.dumps({"eos_token_id": declared}))

    assert open_model_directory(str(directory)).config["eos_token_id"] == ends


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "tokenizer.model"])
def test_a_pointer_of_git_lfs_is_called_one(directory: Path, name: str) -> None:
    (directory / name).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:1\n")

    assert "git lfs pull" in refusal(directory)
    assert name in refusal(directory)


@pytest.mark.parametrize("content", ["", "[]", "{", "{}", "\ud800", "[" * 100_000])
def test_a_configuration_that_is_none_is_refused(directory: Path, content: str) -> None:
    (directory / "config.json").write_bytes(content.encode("utf-8", "surrogatepass"))

    assert "config.json" in refusal(directory)


def test_missing_things_are_named(tmp_path: Path) -> None:
    assert "not a directory" in refusal(tmp_path / "nowhere")
    assert "no config.json" in refusal(tmp_path)
    assert "safetensors" in refusal(configure(tmp_path))
