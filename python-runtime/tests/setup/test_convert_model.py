"""Conversion as its command does it: files and directories, quantised or as they are."""

from __future__ import annotations

import json
import math
import re
import shutil
from pathlib import Path
from typing import Any, get_args

import gguf
import mlx.core as mx
import numpy as np
import pytest
from mlx.utils import tree_flatten
from mlx_lm.utils import dequantize_model, load_model

from mlx_runtime.errors import RpcError
from mlx_runtime.setup import convert_model as conversion
from mlx_runtime.setup import quantize
from mlx_runtime.setup.convert_model import DiskFullError, convert_model
from mlx_runtime.setup.gguf import shards
from mlx_runtime.setup.gguf.safetensors_file import write_safetensors
from mlx_runtime.setup.gguf.shards import Shards
from mlx_runtime.setup.schemes import ConversionError, Scheme

from .gguf.gguf_file import plain
from .gguf.tiny_llama import write_tiny_llama


@pytest.fixture(scope="module")
def dense(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights as Hugging Face has them: dense, in several files with an index."""
    folder = tmp_path_factory.mktemp("dense")
    write_tiny_llama(folder / "tiny.gguf", encode=plain)
    split = Shards.__init__.__defaults__
    Shards.__init__.__defaults__ = (40_000,)
    try:
        convert_model(folder / "tiny.gguf", folder / "model", None)
    finally:
        Shards.__init__.__defaults__ = split
    return folder / "model"


def weights_of(directory: Path) -> dict[str, np.ndarray[Any, Any]]:
    model: Any = dequantize_model(load_model(directory)[0])
    model.set_dtype(mx.float32)
    return {name: np.array(value) for name, value in tree_flatten(model.parameters())}


def test_large_weights_lie_in_several_files_that_their_index_names(dense: Path) -> None:
    files = sorted(file.name for file in dense.glob("*.safetensors"))
    index = json.loads((dense / "model.safetensors.index.json").read_text())

    assert len(files) > 2
    assert files[0] == f"model-00001-of-{len(files):05d}.safetensors"
    assert set(index["weight_map"].values()) == set(files)
    assert "model.layers.1.mlp.down_proj.weight" in weights_of(dense)


@pytest.mark.parametrize("scheme", get_args(Scheme))
@pytest.mark.parametrize("source", ["directory", "file"])
def test_quantised_weights_are_near_those_that_they_were_made_of(
    scheme: Any, source: str, dense: Path, tmp_path: Path
) -> None:
    path = dense if source == "directory" else dense.parent / "tiny.gguf"

    convert_model(path, tmp_path / "out", scheme)

    config = json.loads((tmp_path / "out" / "config.json").read_text())
    assert config["quantization"]["bits"] == (8 if scheme == "8" else 4)
    before, after = weights_of(dense), weights_of(tmp_path / "out")
    assert set(before) == set(after)
    for name, value in before.items():
        tolerance = 0.02 if scheme == "8" else 0.35
        assert np.abs(after[name] - value).max() <= tolerance * np.abs(value).max(), name
    assert (tmp_path / "out" / "tokenizer.json").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.fixture
def beginning(model_directory: Path, tmp_path: Path) -> Path:
    """The first layers of the default model."""
    folder = tmp_path / "beginning"
    folder.mkdir()
    config = json.loads((model_directory / "config.json").read_text())
    config["num_hidden_layers"] = 2
    (folder / "config.json").write_text(json.dumps(config))
    weights: Any = mx.load(str(model_directory / "model.safetensors"))
    kept = {
        name: weight
        for name, weight in weights.items()
        if ".layers." not in name or name.split(".")[2] in ("0", "1")
    }
    mx.save_safetensors(str(folder / "model.safetensors"), kept)  # pyright: ignore[reportUnknownMemberType]
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).symlink_to(model_directory / name)
    return folder


def test_the_default_model_says_the_same_from_a_file_of_its_dense_weights(
    beginning: Path, tmp_path: Path
) -> None:
    model: Any = dequantize_model(load_model(beginning)[0])
    config = json.loads((beginning / "config.json").read_text())
    write_dense_gguf(tmp_path / "dense.gguf", model, config, beginning)

    convert_model(tmp_path / "dense.gguf", tmp_path / "model", None)

    converted: Any = load_model(tmp_path / "model")[0]
    leaves: Any = tree_flatten(converted.parameters())
    written = dict(leaves)
    leaves = tree_flatten(model.parameters())
    for name, value in leaves:
        assert mx.array_equal(value, written[name]).item(), name
    for each in (model, converted):
        each.set_dtype(mx.float32)
    assert greedy(converted) == greedy(model)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        made, original = (
            json.loads((d / name).read_text()) for d in (tmp_path / "model", beginning)
        )
        assert made == original


def greedy(model: Any) -> list[int]:
    """A few tokens behind `The capital of France`."""
    tokens = [504, 3575, 282, 4649]
    for _ in range(3):
        best: Any = mx.argmax(model(mx.array([tokens]))[0, -1]).item()
        tokens.append(best)
    return tokens


def write_dense_gguf(path: Path, model: Any, config: dict[str, Any], tokenizer: Path) -> None:
    """F16, as llama.cpp's converter writes a llama."""
    writer = gguf.GGUFWriter(path, "llama")
    heads, kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_theta"])
    add_tokenizer(writer, tokenizer)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config["num_hidden_layers"])
    for name, value in tree_flatten(model.parameters()):
        array = np.array(value)
        count = heads if "q_proj" in name else kv_heads if "k_proj" in name else None
        if count is not None:
            halves = array.reshape(count, 2, array.shape[0] // count // 2, -1)
            array = halves.swapaxes(1, 2).reshape(array.shape)
        stored = array.astype(np.float32) if array.ndim == 1 else array
        target = names.get_name(name, try_suffixes=(".weight",))
        assert target is not None, name
        writer.add_tensor(target, stored)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_tokenizer(writer: gguf.GGUFWriter, directory: Path) -> None:
    document = json.loads((directory / "tokenizer.json").read_text())
    settings = json.loads((directory / "tokenizer_config.json").read_text())
    vocabulary: dict[str, int] = document["model"]["vocab"]
    special = {token["id"] for token in document["added_tokens"]}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(sorted(vocabulary, key=vocabulary.__getitem__))
    writer.add_token_types([3 if index in special else 1 for index in range(len(vocabulary))])
    writer.add_token_merges([" ".join(merge) for merge in document["model"]["merges"]])
    writer.add_bos_token_id(vocabulary[settings["bos_token"]])
    writer.add_eos_token_id(vocabulary[settings["eos_token"]])
    writer.add_unk_token_id(vocabulary[settings["unk_token"]])
    writer.add_pad_token_id(vocabulary[settings["pad_token"]])
    writer.add_add_bos_token(settings["add_bos_token"])
    writer.add_add_space_prefix(settings["add_prefix_space"])
    writer.add_chat_template(settings["chat_template"])


def test_what_cannot_be_converted_is_refused_and_leaves_nothing(
    dense: Path, tmp_path: Path
) -> None:
    convert_model(dense, tmp_path / "packed", "4")
    (tmp_path / "empty").mkdir()

    with pytest.raises(ConversionError, match="quantised already"):
        convert_model(tmp_path / "packed", tmp_path / "again", "8")
    with pytest.raises(ConversionError, match="is there already"):
        convert_model(dense, tmp_path / "packed", "4")
    with pytest.raises(RpcError, match=r"no config\.json"):
        convert_model(tmp_path / "empty", tmp_path / "again", None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "packed"]


CHANGED = "model.layers.1.mlp.down_proj.weight"


def with_number(number: float, dense: Path, directory: Path) -> Path:
    """A copy with one number of one weight changed."""
    shutil.copytree(dense, directory)
    index = json.loads((directory / "model.safetensors.index.json").read_text())
    file = directory / index["weight_map"][CHANGED]
    weights: Any = mx.load(str(file))
    weights[CHANGED][-1, -1] = number
    mx.save_safetensors(str(file), weights)  # pyright: ignore[reportUnknownMemberType]
    return directory


def test_numbers_that_nvfp4_would_clip_are_refused_for_it(dense: Path, tmp_path: Path) -> None:
    large = with_number(-3000, dense, tmp_path / "large")
    with pytest.raises(RpcError, match=re.escape(f"numbers in {CHANGED} beyond 2,688")):
        convert_model(large, tmp_path / "out", "nvfp4")
    convert_model(large, tmp_path / "out", "mxfp4")
    assert weights_of(tmp_path / "out")[CHANGED].min() < -2688
    convert_model(with_number(2688, dense, tmp_path / "less"), tmp_path / "fits", "nvfp4")


@pytest.mark.parametrize("scheme", [None, *get_args(Scheme)])
@pytest.mark.parametrize("number", [math.nan, -math.inf])
def test_weights_that_are_no_numbers_are_refused_by_name(
    scheme: Any, number: float, dense: Path, tmp_path: Path
) -> None:
    broken = with_number(number, dense, tmp_path / "broken")

    with pytest.raises(RpcError, match=re.escape(f"numbers in {CHANGED} that are NaN")):
        convert_model(broken, tmp_path / "out", scheme)
    assert [path.name for path in tmp_path.iterdir()] == ["broken"]


def test_too_little_room_is_said_before_anything_is_written(
    dense: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1000})

    def no_room(path: Path) -> Any:
        return usage

    monkeypatch.setattr(conversion.shutil, "disk_usage", no_room)

    with pytest.raises(DiskFullError, match="GB free"):
        convert_model(dense, tmp_path / "out", "4")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("source", "scheme"), [("tiny.gguf", None), ("tiny.gguf", "4"), ("model", "8")]
)
def test_a_disk_that_fills_meanwhile_is_called_full_and_nothing_is_left(
    source: str, scheme: Any, dense: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = tmp_path / "full.safetensors"
    full.symlink_to("/dev/full")

    def written(path: Path, *rest: Any) -> None:
        write_safetensors(full, *rest)

    def saved(*_: Any) -> None:
        mx.save_safetensors(str(full), {"x": mx.zeros((1 << 20,))})  # pyright: ignore[reportUnknownMemberType]

    monkeypatch.setattr(shards, "write_safetensors", written)
    monkeypatch.setattr(quantize, "_save", saved)

    with pytest.raises(DiskFullError, match=r"The disk that holds .* is full"):
        convert_model(dense.parent / source, tmp_path / "out", scheme)
    assert [path.name for path in tmp_path.iterdir()] == ["full.safetensors"]
