"""Files that are not what they say end in a sentence, not in a crash."""

from __future__ import annotations

import struct
from pathlib import Path

import gguf
import numpy as np
import pytest

from mlx_runtime.setup.gguf.block_types import BLOCK_TYPES
from mlx_runtime.setup.gguf.errors import GgufError
from mlx_runtime.setup.gguf.reader import read_gguf


def write(path: Path, kind: gguf.GGMLQuantizationType | None = None) -> Path:
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_array("test.words", ["a", "bé", ""])
    writer.add_array("test.numbers", [1, -2, 3])
    writer.add_float32("test.float", 1e-5)
    writer.add_bool("test.flag", True)
    data = np.arange(64, dtype=np.float32).reshape(2, 32)
    if kind is None:
        writer.add_tensor("rows", data)
    else:
        weights, size = gguf.GGML_QUANT_SIZES[kind]
        writer.add_tensor("rows", np.zeros((weights, size), np.uint8), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_what_the_authors_package_wrote_is_read(tmp_path: Path) -> None:
    file = read_gguf(write(tmp_path / "x.gguf"))

    assert file.metadata.architecture == "llama"
    assert file.metadata.texts("test.words") == ["a", "bé", ""]
    assert file.metadata.numbers("test.numbers") == [1, -2, 3]
    assert file.metadata.number("test.float") == 1e-5
    assert file.metadata.flag("test.flag", default=False)
    rows = file.tensors["rows"]
    assert (rows.shape, rows.kind.name) == ((2, 32), "F32")
    np.testing.assert_array_equal(rows.data.view("<f4"), np.arange(64))


NOT_READ = [
    kind.name
    for kind in gguf.GGMLQuantizationType
    if kind not in BLOCK_TYPES and not kind.name.startswith(("I8", "I16", "I32", "I64", "F64"))
]


@pytest.mark.parametrize("name", NOT_READ)
def test_a_type_that_is_not_read_is_refused_by_name(name: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x.gguf", gguf.GGMLQuantizationType[name])

    with pytest.raises(
        GgufError, match=f"'rows' is stored as {name}, which is not read. Take.*Q4_K"
    ):
        read_gguf(path)


def test_a_file_cut_anywhere_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "x.gguf")
    content = path.read_bytes()
    for length in range(0, len(content) - 1, 7):
        path.write_bytes(content[:length])
        with pytest.raises(GgufError, match=r"was cut|is not GGUF"):
            read_gguf(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"GGML" + bytes(40), "is not GGUF"),
        (b"GGUF" + struct.pack("<IQQ", 1, 0, 0), "version 1"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 2**62), "was cut"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2**60) + b"k", "was cut"),
        (b"GGUF" + struct.pack("<IQQQ1sI", 3, 0, 1, 1, b"k", 99), "type 99"),
        (b"GGUF" + struct.pack("<IQQQ1sIIQ", 3, 0, 1, 1, b"k", 9, 4, 2**61), "was cut"),
        (b"GGUF" + struct.pack("<IQQQ1sIIQ", 3, 0, 1, 1, b"k", 9, 9, 1), "list of lists"),
    ],
)
def test_numbers_that_lie_are_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x.gguf"
    path.write_bytes(content)

    with pytest.raises(GgufError, match=message):
        read_gguf(path)
