"""Quantised weights that stay so on a CPU are computed with as exactly as dense ones."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import mlx.core as mx
import pytest
from mlx import nn, utils

from mlx_runtime.model.directory import open_model_directory
from mlx_runtime.model.loader import LoadedModel, load_model
from mlx_runtime.model.weights import Policy
from mlx_runtime.wire import LoadParams, WireDevice

CONFIG: dict[str, Any] = {
    "model_type": "llama",
    "hidden_size": 512,
    "intermediate_size": 1024,
    "num_hidden_layers": 2,
    "num_attention_heads": 8,
    "num_key_value_heads": 8,
    "rms_norm_eps": 1e-5,
    "vocab_size": 256,
    "tie_word_embeddings": True,
}
TOKENS = mx.array([[3, 1, 4, 1, 5, 9, 2, 6]])


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """4-bit weights with scales in bfloat16, as they are published."""
    mx.random.seed(1)
    llama: Any = importlib.import_module("mlx_lm.models.llama")
    model: Any = llama.Model(llama.ModelArgs.from_dict(CONFIG))
    model.set_dtype(mx.bfloat16)
    nn.quantize(model, group_size=64, bits=4)
    mx.save_safetensors(
        str(tmp_path / "model.safetensors"), dict(utils.tree_flatten(model.parameters()))
    )
    config = CONFIG | {"quantization": {"group_size": 64, "bits": 4}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    return tmp_path


def _loaded(checkpoint: Path, weights: Policy, memory_bytes: int = 2**34) -> LoadedModel:
    params = LoadParams(model_id="tiny", path=str(checkpoint), weights=weights)
    device = WireDevice(kind="cpu", name="cpu", memory_bytes=memory_bytes)
    return load_model(open_model_directory(str(checkpoint)), params, device, lambda _, __: None)


def _logits(loaded: LoadedModel) -> mx.array:
    return loaded.model(TOKENS).astype(mx.float32)


def _difference(logits: mx.array, exact: mx.array) -> float:
    return float(mx.linalg.norm(logits - exact) / mx.linalg.norm(exact))


def test_stored_weights_answer_as_the_dense_ones_of_the_same_checkpoint(checkpoint: Path) -> None:
    stored, dense = _loaded(checkpoint, "stored"), _loaded(checkpoint, "dense")
    assert (stored.weights, dense.weights) == ("4-bit", "float32")
    assert stored.weight_bytes < dense.weight_bytes / 5
    assert _difference(_logits(stored), _logits(dense)) < 1e-4


def test_where_float32_has_no_room_the_scales_stay_as_they_are(checkpoint: Path) -> None:
    wide = _loaded(checkpoint, "stored")
    narrow = _loaded(checkpoint, "stored", memory_bytes=int(wide.weight_bytes / 0.9) - 1)
    assert narrow.weight_bytes < wide.weight_bytes
    assert narrow.model.model.norm.weight.dtype == mx.bfloat16
    assert narrow.fingerprint != wide.fingerprint
