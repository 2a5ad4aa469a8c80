"""The tokenizer of the model that is likely to be loaded is read ahead, or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlx_runtime.model.directory import open_model_directory
from mlx_runtime.serving import model_text
from mlx_runtime.serving.model_text import ExpectedText, read_model_text


@pytest.fixture
def directory(model_directory: Path, tmp_path: Path) -> Path:
    """The default model, to be changed; its weights are not copied."""
    copy = tmp_path / "model"
    copy.mkdir()
    for file in model_directory.iterdir():
        if file.suffix == ".safetensors":
            (copy / file.name).symlink_to(file)
        else:
            shutil.copy(file, copy)
    return copy


def expected(path: Path) -> ExpectedText:
    text = ExpectedText(str(path))
    text.start()
    return text


def test_what_was_read_ahead_is_what_would_be_read(directory: Path) -> None:
    opened = open_model_directory(str(directory))
    ahead, now = expected(directory).take(opened), read_model_text(opened)

    assert ahead is not None
    assert ahead.vocabulary is not None
    assert now.vocabulary is not None
    assert ahead.loaded.tokenizer.vocabulary == now.loaded.tokenizer.vocabulary
    assert ahead.loaded.template_source == now.loaded.template_source
    assert ahead.vocabulary.source == now.vocabulary.source


def test_it_is_taken_once(directory: Path) -> None:
    text, opened = expected(directory), open_model_directory(str(directory))
    assert text.take(opened) is not None
    assert text.take(opened) is None


def test_another_model_gets_nothing_of_it(directory: Path, model_directory: Path) -> None:
    assert expected(directory).take(open_model_directory(str(model_directory))) is None


def test_files_that_changed_since_are_read_again(directory: Path) -> None:
    text = expected(directory)
    assert text.take(open_model_directory(str(directory))) is not None
    text = ExpectedText(str(directory))
    text.start().join()
    with (directory / "tokenizer_config.json").open("a") as file:
        file.write("\n")
    assert text.take(open_model_directory(str(directory))) is None


def test_what_cannot_be_read_is_left_to_the_load(directory: Path) -> None:
    opened = open_model_directory(str(directory))
    (directory / "tokenizer.json").unlink()
    assert expected(directory).take(opened) is None
    (directory / "config.json").unlink()
    assert expected(directory).take(opened) is None


def test_nothing_that_goes_wrong_outlives_the_reading(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise ValueError("a tokenizer of an unknown kind")

    monkeypatch.setattr(model_text, "read_model_text", fail)
    assert expected(directory).take(open_model_directory(str(directory))) is None
