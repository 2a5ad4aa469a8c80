"""Files that were split, by the writer of the format's authors, are one model."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import pytest

from mlx_runtime.setup.convert_model import convert_model
from mlx_runtime.setup.gguf.errors import GgufError
from mlx_runtime.setup.gguf.parts import read_whole
from mlx_runtime.setup.schemes import ConversionError

from .gguf_file import plain
from .tiny_llama import write_tiny_llama


def split(source: Path, folder: Path, tensors: int, *, backwards: bool = False) -> list[Path]:
    """The same model in files of so many tensors."""
    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(folder / "part.gguf", "llama", split_max_tensors=tensors)
    for key, field in reader.fields.items():
        if key.startswith("GGUF.") or key == "general.architecture":
            continue
        kind = field.types[0]
        element = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(key, field.contents(), kind, element)
    for tensor in reader.tensors[:: -1 if backwards else 1]:
        writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return sorted(folder.glob("*.gguf"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_llama(tmp_path_factory.mktemp("whole") / "tiny.gguf", encode=plain).path


def test_any_part_and_their_folder_convert_to_what_the_whole_file_does(
    whole: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    parts = split(whole, folder, 7)
    assert len(parts) > 2
    convert_model(whole, tmp_path / "expected", None)
    for number, source in enumerate([parts[0], parts[-1], folder]):
        convert_model(source, tmp_path / str(number), None)
        for file in (tmp_path / "expected").iterdir():
            assert (tmp_path / str(number) / file.name).read_bytes() == file.read_bytes()


def test_a_missing_part_is_named(whole: Path, tmp_path: Path) -> None:
    parts = split(whole, tmp_path, 7)
    parts[1].unlink()
    with pytest.raises(GgufError, match=rf"one of {len(parts)} files.*Missing.*{parts[1].name}"):
        read_whole(parts[0])


def test_a_part_with_another_name_says_how_parts_are_named(whole: Path, tmp_path: Path) -> None:
    [first, *_] = split(whole, tmp_path, 7)
    with pytest.raises(GgufError, match="NAME-00001-of-0000"):
        read_whole(first.rename(tmp_path / "model.gguf"))


def test_parts_that_do_not_fit_together_are_refused(whole: Path, tmp_path: Path) -> None:
    parts = split(whole, tmp_path, 7)
    (other := tmp_path / "other").mkdir()
    backwards = split(whole, other, 7, backwards=True)
    for source, message in [(parts[2], "says that it is part 3 of"), (backwards[1], "hold tensor")]:
        parts[1].write_bytes(source.read_bytes())
        with pytest.raises(GgufError, match=message):
            read_whole(parts[0])


def test_a_folder_of_several_models_asks_for_one(whole: Path, tmp_path: Path) -> None:
    split(whole, tmp_path, 7)
    (tmp_path / "another.gguf").write_bytes(whole.read_bytes())
    with pytest.raises(ConversionError, match="several GGUF files"):
        convert_model(tmp_path, tmp_path / "model", None)


def test_numbers_of_the_whole_are_those_of_its_parts(whole: Path, tmp_path: Path) -> None:
    parts = split(whole, tmp_path, 7)
    expected, found = read_whole(whole).tensors, read_whole(parts[0]).tensors
    assert found.keys() == expected.keys()
    for name, tensor in expected.items():
        np.testing.assert_array_equal(found[name].data, tensor.data)
