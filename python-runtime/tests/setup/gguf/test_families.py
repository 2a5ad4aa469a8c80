"""A model of each family, written as llama.cpp's converter names and lays out its tensors, says
after its conversion what it said before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gguf
import mlx.core as mx
import numpy as np
import pytest
from mlx.utils import tree_flatten
from mlx_lm.utils import _get_classes, load_model

from mlx_runtime.setup.gguf.convert import convert_gguf
from mlx_runtime.setup.gguf.names import FAMILIES
from mlx_runtime.setup.gguf.rope import _llama3_divisors

from .tiny_llama import TOKENS

_ARCHITECTURES = {name: number for number, name in gguf.MODEL_ARCH_NAMES.items()}
WIDTH, HEADS, KV_HEADS = 64, 4, 2
COMMON: dict[str, Any] = {
    "hidden_size": WIDTH,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": HEADS,
    "num_key_value_heads": KV_HEADS,
    "rms_norm_eps": 1e-5,
    "vocab_size": len(TOKENS),
    "max_position_embeddings": 16384,
    "rope_theta": 500_000.0,
    "tie_word_embeddings": True,
}
LLAMA3 = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "llama": ("llama", {"model_type": "llama"}),
    "llama 3.1": ("llama", {"model_type": "llama", "rope_scaling": LLAMA3}),
    "untied llama": ("llama", {"model_type": "llama", "tie_word_embeddings": False}),
    "qwen2": ("qwen2", {"model_type": "qwen2"}),
    "qwen3": ("qwen3", {"model_type": "qwen3", "head_dim": 24}),
    "gemma2": (
        "gemma2",
        {
            "model_type": "gemma2",
            "head_dim": 24,
            "query_pre_attn_scalar": 24,
            "rope_theta": 10_000.0,
            "attn_logit_softcapping": 50.0,
            "final_logit_softcapping": 30.0,
            "sliding_window": 4096,
        },
    ),
    "gemma3": (
        "gemma3",
        {
            "model_type": "gemma3_text",
            "head_dim": 24,
            "query_pre_attn_scalar": 24,
            "sliding_window": 512,
            # Every sixth sees the whole text.
            "num_hidden_layers": 6,
            "rope_scaling": {"type": "linear", "rope_type": "linear", "factor": 8.0},
        },
    ),
    "phi3": ("phi3", {"model_type": "phi3", "rope_theta": 10_000.0}),
}


def reference(config: dict[str, Any]) -> Any:
    mx.random.seed(3)
    model_class, arguments = _get_classes(config)
    model = model_class(arguments.from_dict(config))
    values = [
        (name, value + mx.random.normal(value.shape) * 0.05)
        for name, value in tree_flatten(model.parameters())
    ]
    model.load_weights(values)
    return model


def write(path: Path, model: Any, architecture: str, config: dict[str, Any]) -> None:
    writer = gguf.GGUFWriter(path, architecture)
    layers = config["num_hidden_layers"]
    writer.add_block_count(layers)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_theta"])
    size = config.get("head_dim", WIDTH // HEADS)
    writer.add_rope_dimension_count(size)
    if "head_dim" in config:
        writer.add_key_length(size)
        writer.add_value_length(size)
    if "sliding_window" in config:
        writer.add_sliding_window(config["sliding_window"])
    scaling = config.get("rope_scaling", {})
    if scaling.get("type") == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(scaling["factor"])
    if scaling.get("rope_type") == "llama3":
        divisors = _llama3_divisors(config["rope_theta"], scaling["factor"], size // 2)
        writer.add_tensor("rope_freqs.weight", np.array(divisors, np.float32))
    add_vocabulary(writer)
    names = gguf.get_tensor_name_map(_ARCHITECTURES[architecture], layers)
    leaves: Any = tree_flatten(model.parameters())
    for name, value in leaves:
        array = np.array(value.astype(mx.float32))
        if architecture == "llama" and name.endswith(("q_proj.weight", "k_proj.weight")):
            array = interleaved(array, HEADS if "q_proj" in name else KV_HEADS)
        if architecture.startswith("gemma") and name.endswith("norm.weight"):
            array = array + 1
        target = names.get_name(name, try_suffixes=(".weight", ".bias"))
        assert target is not None, name
        writer.add_tensor(target, array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_vocabulary(writer: gguf.GGUFWriter) -> None:
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(TOKENS)
    writer.add_token_types([3] * 3 + [1] * (len(TOKENS) - 3))
    writer.add_token_merges(["h e"])
    writer.add_eos_token_id(2)


def interleaved(values: np.ndarray[Any, Any], heads: int) -> np.ndarray[Any, Any]:
    """As llama.cpp's converter permutes the rows of queries and keys."""
    halves = values.reshape(heads, 2, values.shape[0] // heads // 2, *values.shape[1:])
    return halves.swapaxes(1, 2).reshape(values.shape)


@pytest.mark.parametrize("case", CASES)
def test_logits_are_those_of_the_original(case: str, tmp_path: Path) -> None:
    architecture, own = CASES[case]
    config = {**COMMON, **own}
    model = reference(config)
    write(tmp_path / "x.gguf", model, architecture, config)

    convert_gguf(tmp_path / "x.gguf", tmp_path / "model")

    converted: Any = load_model(tmp_path / "model")[0]
    tokens = mx.array([[1, 40, 80, 120, 2, 60, 7, 7, 9]])
    expected, actual = np.array(model(tokens)), np.array(converted(tokens))
    assert np.ptp(expected) > 0.5
    np.testing.assert_allclose(actual, expected, atol=2e-4 * float(np.abs(expected).max()))


def test_every_family_is_tried() -> None:
    assert {architecture for architecture, _ in CASES.values()} == set(FAMILIES)


def test_ends_of_turns_end_answers(tmp_path: Path) -> None:
    config = {**COMMON, "model_type": "llama"}
    write(tmp_path / "x.gguf", reference(config), "llama", config)
    convert_gguf(tmp_path / "x.gguf", tmp_path / "model")

    written = json.loads((tmp_path / "model" / "config.json").read_text())

    assert written["eos_token_id"] == 2
    assert written["max_position_embeddings"] == 16384
