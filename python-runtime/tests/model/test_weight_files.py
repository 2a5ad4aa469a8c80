"""Which weight files of a directory count, and what is said of those that cannot be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import mlx.core as mx
import pytest

from mlx_runtime.errors import RpcError
from mlx_runtime.model.directory import open_model_directory
from mlx_runtime.model.mlx_lm_import import prepare_mlx_lm
from mlx_runtime.model.unloaded_model import read_unloaded
from process.tiny_model import write_tiny_model

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"
SHARDS = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")

Change = Callable[[Path], object]


@pytest.fixture
def directory(model_directory: Path, tmp_path: Path) -> Path:
    prepare_mlx_lm()
    return write_tiny_model(tmp_path, model_directory)


def in_shards(directory: Path) -> None:
    whole = directory / "model.safetensors"
    tensors = cast("dict[str, mx.array]", mx.load(str(whole)))
    names = sorted(tensors)
    whole.unlink()
    for shard, part in zip(SHARDS, (names[::2], names[1::2]), strict=True):
        kept = {name: tensors[name] for name in part}
        mx.save_safetensors(str(directory / shard), kept)  # pyright: ignore[reportUnknownMemberType]


def index(*files: str) -> Change:
    entries = {f"tensor.{number}": name for number, name in enumerate(files)}
    content = json.dumps({"weight_map": entries})
    return write("model.safetensors.index.json", content.encode())


def write(name: str, content: bytes) -> Change:
    return lambda directory: (directory / name).write_bytes(content)


def without_file(name: str) -> Change:
    return lambda directory: (directory / name).unlink()


def each(*changes: Change) -> Change:
    return lambda directory: [change(directory) for change in changes]


nothing = each()
stray = each(write(SHARDS[0], b"not whole"), index(*SHARDS))


def layers_of(directory: Path) -> int:
    model = read_unloaded(open_model_directory(str(directory))).model
    mx.eval(model.layers[0].mlp.gate_proj.weight)  # pyright: ignore[reportUnknownMemberType]
    return len(model.layers)


@pytest.mark.parametrize(
    "change",
    [
        nothing,
        in_shards,
        each(in_shards, index(*SHARDS)),
        index(*SHARDS),
        stray,
        write("consolidated.safetensors", b""),
    ],
    ids=["whole", "shards", "index", "index of others", "half of others", "two layouts"],
)
def test_a_good_directory_is_loaded(directory: Path, change: Change) -> None:
    change(directory)

    assert layers_of(directory) == 1


def refusal(directory: Path) -> str:
    with pytest.raises(RpcError) as refused:
        layers_of(directory)
    assert refused.value.type == "model_load_failed"
    return refused.value.message


def cut(directory: Path) -> None:
    path = directory / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-10])


def only(*names: str) -> Change:
    def change(directory: Path) -> None:
        (directory / "model.safetensors").unlink()
        for name in names:
            (directory / name).write_bytes(b"x")

    return change


def configured(**changes: object) -> Change:
    def change(directory: Path) -> None:
        path = directory / "config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return change


def without(key: str) -> Change:
    def change(directory: Path) -> None:
        path = directory / "config.json"
        config = json.loads(path.read_text())
        del config[key]
        path.write_text(json.dumps(config))

    return change


def header(edit: Callable[[dict[str, Any]], object]) -> Change:
    """Says something else of the same numbers."""

    def change(directory: Path) -> None:
        path = directory / "model.safetensors"
        content = path.read_bytes()
        end = 8 + int.from_bytes(content[:8], "little")
        entries = json.loads(content[8:end])
        edit(entries)
        text = json.dumps(entries).encode()
        path.write_bytes(len(text).to_bytes(8, "little") + text + content[end:])

    return change


def tensor(**changes: object) -> Change:
    return header(lambda entries: entries["model.norm.weight"].update(changes))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (tensor(shape=[128]), "model.norm.weight, F32 of [128], is not 256 bytes"),
        (tensor(shape=[-8, -8]), "F32 of [-8, -8], is not 256 bytes"),
        (tensor(shape=[1 << 40, 1 << 40]), "is not 256 bytes"),
        (tensor(dtype="F16"), "model.norm.weight, F16 of [64], is not 256 bytes"),
        (tensor(shape="64"), "model.norm.weight has no type, shape and place"),
        (tensor(data_offsets=[0.0, 256.0]), "model.norm.weight has no type, shape and place"),
        (tensor(data_offsets=[256, 0]), "is not -256 bytes"),
        (tensor(data_offsets=[1, 257]), "a gap or an overlap at byte"),
        (tensor(data_offsets=[-256, 0]), "a gap or an overlap at byte -256"),
        (tensor(data_offsets=[1 << 70, (1 << 70) + 256]), "was cut"),
        (header(lambda entries: entries.pop("model.norm.weight")), "a gap or an overlap"),
        (header(lambda entries: entries.clear()), "bytes belong to nothing in it"),
        (header(lambda entries: entries.update(__metadata__=[1])), "is not safetensors"),
        (configured(num_hidden_layers=10**9), "num_hidden_layers = 1000000000, and there are"),
        (configured(hidden_size="x"), "config.json has hidden_size = 'x', and sizes are whole"),
        (configured(num_attention_heads=0), "config.json has num_attention_heads = 0, and sizes"),
        (configured(model_type="olmo"), "'olmo' needs a Python package that the set-up"),
        (configured(rope_scaling=[1]), "config.json has values that make no model"),
        (write("config.json", b'{"model_type": "\xff"}'), "config.json cannot be read"),
        (write("model.safetensors", b""), "model.safetensors is empty"),
        (write("model.safetensors", LFS), "model.safetensors is a pointer of Git LFS"),
        (
            write("model.safetensors", b"<html>no such page</html>"),
            "is not safetensors, or was cut",
        ),
        (cut, "was cut: 10 bytes are missing"),
        (tensor(dtype="F64", shape=[32]), "model.norm.weight as F64, which MLX does not read"),
        (
            each(in_shards, without_file(SHARDS[1])),
            f"{SHARDS[1]} is missing: {SHARDS[0]} is one of several",
        ),
        (
            each(only(), stray),
            f"{SHARDS[1]} is missing, which model.safetensors.index.json names",
        ),
        (index("../x.safetensors"), "outside of the directory"),
        (only(), "has no model*.safetensors"),
        (only("adapter_config.json", "adapters.safetensors"), "an adapter (LoRA) and not a model"),
        (only("pytorch_model.bin"), "pickled weights (pytorch_model.bin)"),
        (only("smol.Q4_1.gguf"), "GGUF has to be converted"),
        (only("consolidated.safetensors"), "consolidated.safetensors has another layout"),
        (configured(num_hidden_layers=2), "do not fit its config.json: Missing"),
        (configured(intermediate_size=128), "do not fit its config.json"),
        (without("hidden_size"), "config.json lacks 'hidden_size'"),
        (configured(quantization={"bits": 4}), "lack 'group_size'"),
        (
            each(
                without("quantization"),
                configured(quantization_config={"quant_method": "gptq", "bits": 4}),
            ),
            "packed by gptq, but the weight files have no *.qweight",
        ),
    ],
)
def test_a_bad_directory_is_refused_with_the_file_and_the_reason(
    directory: Path, change: Change, words: str
) -> None:
    change(directory)

    assert words in refusal(directory)
    assert str(directory) in refusal(directory)


def test_an_adapter_without_a_configuration_is_called_one(directory: Path) -> None:
    each(only("adapter_config.json"), without_file("config.json"))(directory)

    assert "an adapter (LoRA) and not a model" in refusal(directory)
