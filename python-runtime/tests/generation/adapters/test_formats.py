"""What adapters' files may hold, and what is said of the rest."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np
import pytest
from mlx import nn

from mlx_runtime.errors import RpcError
from mlx_runtime.generation import Refused
from mlx_runtime.model.adapters import AdapterSet, open_adapter_directory, read_adapter
from mlx_runtime.model.adapters.low_rank import LowRank

from ..models import tiny_model
from ..serving import random_prompt, serve
from .adapted import asking, serving
from .adapter_files import save_adapter

PEFT: dict[str, Any] = {"peft_type": "LORA", "lora_alpha": 8, "r": 4}
MLX: dict[str, Any] = {"fine_tune_type": "lora", "lora_parameters": {"scale": 2.0}}
QUERY = "model.layers.0.self_attn.q_proj"


def pair(rank: int = 4, size: int = 64, out: int = 64) -> tuple[mx.array, mx.array]:
    """(in, rank) and (rank, out)"""
    mx.random.seed(rank)
    return mx.random.normal((size, rank)) * 0.2, mx.random.normal((rank, out)) * 0.2


def peft(name: str, a: mx.array, b: mx.array) -> dict[str, mx.array]:
    return {
        f"base_model.model.{name}.lora_A.weight": mx.contiguous(a.T),
        f"base_model.model.{name}.lora_B.weight": mx.contiguous(b.T),
    }


def save(directory: Path, weights: Mapping[str, mx.array], config: Mapping[str, Any]) -> Path:
    file = "adapter_model.safetensors" if "peft_type" in config else "adapters.safetensors"
    return save_adapter(directory, weights, config, file)


def layers(directory: Path, family: str = "llama") -> Mapping[str, LowRank]:
    opened = open_adapter_directory(str(directory))
    return AdapterSet(tiny_model(family)).read("a", opened.key, read_adapter(opened)).layers


def product(layer: LowRank) -> Any:
    return np.array(layer.a @ layer.b)


@pytest.mark.parametrize(
    ("config", "scale"),
    [
        ({}, 8 / 4),
        ({"use_rslora": True}, 8 / math.sqrt(4)),
        ({"alpha_pattern": {"q_proj": 1}}, 1 / 4),
        ({"alpha_pattern": {r"layers\.\d+\.self_attn.*": 3, "k_proj": 1}}, 3 / 4),
        ({"alpha_pattern": {"proj": 1}}, 8 / 4),
    ],
)
def test_a_layer_of_peft_is_scaled_as_its_configuration_says(
    config: dict[str, Any], scale: float, tmp_path: Path
) -> None:
    a, b = pair()
    found = layers(save(tmp_path, peft(QUERY, a, b), {**PEFT, **config}))
    assert list(found) == [QUERY]
    np.testing.assert_allclose(product(found[QUERY]), np.array(a @ b) * scale, rtol=1e-5, atol=1e-6)


def test_layers_of_different_ranks_are_served_together(tmp_path: Path) -> None:
    weights: dict[str, mx.array] = {}
    for rank, name in ((2, "q_proj"), (7, "o_proj")):
        a, b = pair(rank)
        weights |= {
            f"model.layers.0.self_attn.{name}.lora_a": a,
            f"model.layers.0.self_attn.{name}.lora_b": b,
        }
    one = save(tmp_path / "one", weights, MLX)
    two = save(tmp_path / "two", peft(QUERY, *pair(5)), PEFT)
    prompt = random_prompt(9, 1)
    generator = serving(tiny_model("llama"), [one, two])
    alone = {name: serve(generator, [asking("a", prompt, name)])["a"].tokens for name in NAMES}
    mixed = serve(generator, [asking(str(name), prompt, name) for name in NAMES])
    assert {name: mixed[str(name)].tokens for name in NAMES} == alone
    assert len({tuple(tokens) for tokens in alone.values()}) == len(NAMES)


NAMES = ("one", "two", None)


def test_a_magnitude_of_peft_is_read_as_that_of_mlx(tmp_path: Path) -> None:
    a, b = pair()
    magnitude = mx.random.uniform(0.5, 2, (64,))
    old = {f"base_model.model.{QUERY}.lora_magnitude_vector.weight": magnitude}
    theirs = layers(save(tmp_path / "peft", peft(QUERY, a, b) | old, PEFT))
    named = {f"{QUERY}.lora_a": a, f"{QUERY}.lora_b": b, f"{QUERY}.m": magnitude}
    ours = layers(save(tmp_path / "mlx", named, {**MLX, "fine_tune_type": "dora"}))
    factors = [np.array(each[QUERY].factors) for each in (theirs, ours)]
    np.testing.assert_allclose(factors[0], factors[1], rtol=1e-5)


def test_single_experts_of_peft_are_joined(tmp_path: Path) -> None:
    a, b = pair(4, 64, 48)
    name = "model.layers.1.mlp.experts.2.gate_proj"
    found = layers(save(tmp_path, peft(name, a, b), PEFT), "qwen3_moe")
    (joined,) = found.values()
    assert list(found) == ["model.layers.1.mlp.switch_mlp.gate_proj"]
    expected = np.zeros((4, 64, 48), np.float32)
    expected[2] = np.array(a @ b) * 2
    np.testing.assert_allclose(product(joined), expected, rtol=1e-5, atol=1e-6)


REFUSED: dict[str, tuple[dict[str, mx.array], dict[str, Any], str]] = {
    "another model": (peft(QUERY, *pair(4, 32)), PEFT, "it is another model's"),
    "no such layer": (peft("model.layers.9.self_attn.q_proj", *pair()), PEFT, "has no layer"),
    "a kind": ({}, {"peft_type": "IA3"}, "PEFT's kind IA3"),
    "biases": ({}, {**PEFT, "bias": "all"}, "bias must be none"),
    "whole modules": ({}, {**PEFT, "modules_to_save": ["lm_head"]}, "modules_to_save"),
    "whole weights": ({}, {**MLX, "fine_tune_type": "full"}, "of the kind 'full'"),
    "no scale": ({f"{QUERY}.lora_a": pair()[0]}, {"lora_parameters": {}}, "lora_parameters.scale"),
    "one factor": ({f"{QUERY}.lora_a": pair()[0]}, MLX, "only one of the two factors"),
    "other tensors": ({f"{QUERY}.weight": pair()[0]}, MLX, "no part of LoRA"),
    "a slow pattern": (peft(QUERY, *pair()), {**PEFT, "alpha_pattern": {"(a+)+x": 1}}, "not read"),
    "integers": ({f"{QUERY}.lora_a": mx.zeros((2, 2), mx.int32)}, MLX, "has the type I32"),
    "nothing": ({}, MLX, "no adapted layer"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_would_be_computed_otherwise_is_refused_by_name(case: str, tmp_path: Path) -> None:
    weights, config, reason = REFUSED[case]
    with pytest.raises(RpcError, match=reason):
        layers(save(tmp_path, weights, config))


class Past(nn.Module):
    """Computes with a layer's weights and never calls it."""

    def __init__(self, inner: nn.Linear) -> None:
        super().__init__()
        self.inner = inner

    def __call__(self, x: mx.array) -> mx.array:
        return x @ self.inner.weight.T


def test_a_layer_whose_weights_a_model_reads_past_it_is_refused(tmp_path: Path) -> None:
    model = tiny_model("llama")
    attention = model.layers[0].self_attn
    attention.k_proj = Past(attention.k_proj)
    name = "model.layers.0.self_attn.k_proj.inner"
    with pytest.raises(Refused, match="fuse the adapter"):
        serving(model, [save(tmp_path / "a", peft(name, *pair(4, 64, 32)), PEFT)])


def test_pickled_weights_are_not_read(tmp_path: Path) -> None:
    save(tmp_path, {}, PEFT)
    (tmp_path / "adapter_model.safetensors").rename(tmp_path / "adapter_model.bin")
    with pytest.raises(RpcError, match="never read"):
        open_adapter_directory(str(tmp_path))
