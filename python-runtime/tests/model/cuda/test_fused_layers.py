"""Layers that hand over less, with attention by its definition in place of the kernel."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import mlx.core as mx
import numpy as np
import pytest

from generation.models import tiny_model
from mlx_runtime.generation.arrays import token_array
from mlx_runtime.generation.forward import Forward
from mlx_runtime.generation.kv_cache import layer_caches
from mlx_runtime.model.cpu.attention import scaled_dot_product_attention
from mlx_runtime.model.cuda import fused_layers
from mlx_runtime.model.cuda.fused_layers import FewerOperations, fuse_layers
from mlx_runtime.model.cuda.fused_projections import fuse_projections
from mlx_runtime.model.cuda.next_attention import HeadNorms, NextPlaces, serves_next

PROMPTS = ([3, 1, 4, 1, 5, 9, 2, 6], [2, 7, 1])
SHAPES: dict[str, dict[str, Any]] = {
    "llama": {},
    "llama with biases": {"attention_bias": True, "mlp_bias": True},
    "llama of long texts": {
        "rope_scaling": {
            "rope_type": "llama3",
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 16,
        }
    },
    "qwen2": {},
    "qwen3": {},
}


def attend_by_definition(
    qkv: mx.array,
    places: NextPlaces,
    inverse: mx.array,
    *,
    scale: float,
    norms: HeadNorms | None,
) -> mx.array:
    rows, key_heads, held, size = places.keys.shape
    q, k, v = mx.split(qkv.reshape(rows, -1, 1, size), [-2 * key_heads, -key_heads], axis=1)
    if norms is not None:
        q = mx.fast.rms_norm(q, norms.q_weight, norms.epsilon)
        k = mx.fast.rms_norm(k, norms.k_weight, norms.epsilon)
    q, k = (_turned(x, places.lengths[:, None, None, None] * inverse) for x in (q, k))
    there = mx.broadcast_to(places.lengths[:, None, None, None], k.shape)
    places.keys[:] = mx.put_along_axis(places.keys, there, k, axis=2)
    places.values[:] = mx.put_along_axis(places.values, there, v, axis=2)
    mask = mx.arange(held) <= places.lengths[:, None, None, None]
    found = mx.fast.scaled_dot_product_attention(
        q, places.keys, places.values, scale=scale, mask=mask
    )
    return found.reshape(rows, -1)


def _turned(x: mx.array, angles: mx.array) -> mx.array:
    left, right = mx.split(x, 2, axis=-1)
    cosine, sine = mx.cos(angles), mx.sin(angles)
    return mx.concatenate([left * cosine - right * sine, left * sine + right * cosine], axis=-1)


def _always(*_: object) -> bool:
    return True


@pytest.fixture(autouse=True)
def ragged_attention(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attention that takes rows of several lengths, as a loaded model's does on any device."""
    monkeypatch.setattr(mx.fast, "scaled_dot_product_attention", scaled_dot_product_attention)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of the longest rows for which attention was asked."""
    asked: list[int] = []

    def attend(qkv: mx.array, places: NextPlaces, *given: Any, **named: Any) -> mx.array:
        asked.append(places.longest)
        return attend_by_definition(qkv, places, *given, **named)

    monkeypatch.setattr(fused_layers, "attend_next", attend)
    monkeypatch.setattr(fused_layers, "serves_next", _always)
    return asked


def steps(model: Any, tokens: Sequence[Sequence[Sequence[int]]]) -> np.ndarray[Any, Any]:
    """Logits of decode steps behind two prompts in one batch, (steps, rows, 1, vocabulary)."""
    forward = Forward(model)
    caches = layer_caches.merge([forward.empty_caches() for _ in PROMPTS])
    forward.prefill(caches, PROMPTS)
    return np.stack([np.array(forward.logits(token_array(row), caches)) for row in tokens])


def fused(model: Any) -> Any:
    changed = copy.deepcopy(model)
    fuse_projections(changed)
    fuse_layers(changed)
    return changed


@pytest.mark.parametrize("shape", SHAPES)
def test_steps_of_a_batch_compute_the_same(shape: str, calls: list[int]) -> None:
    model = tiny_model(shape.split(maxsplit=1)[0], **SHAPES[shape])
    tokens = [[[row + step] for row in (5, 40)] for step in range(3)]

    np.testing.assert_allclose(
        steps(fused(model), tokens), steps(model, tokens), rtol=2e-3, atol=2e-4
    )
    layers = len(model.layers)
    assert calls == [8] * layers + [9] * layers + [10] * layers


def test_prompts_and_rows_alone_compute_the_same(calls: list[int]) -> None:
    model = tiny_model("llama")
    tokens = mx.array([[1, 5, 9, 2], [7, 3, 3, 8]])

    np.testing.assert_allclose(
        np.array(fused(model)(tokens)), np.array(model(tokens)), rtol=1e-4, atol=1e-5
    )
    assert calls == []


@pytest.mark.parametrize("shape", SHAPES)
def test_prompts_beside_a_step_compute_the_same(shape: str, calls: list[int]) -> None:
    model = tiny_model(shape.split(maxsplit=1)[0], **SHAPES[shape])
    expected, expected_text = step_beside_texts(model)
    calls.clear()
    logits, text = step_beside_texts(fused(model))

    np.testing.assert_allclose(logits, expected, rtol=2e-3, atol=2e-4)
    np.testing.assert_allclose(text, expected_text, rtol=2e-3, atol=2e-4)
    assert calls == [8] * len(model.layers)


def step_beside_texts(model: Any) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Logits of a step of two rows, and of what follows a text that was read in the same pass."""
    forward = Forward(model)
    caches = layer_caches.merge([forward.empty_caches() for _ in PROMPTS])
    forward.prefill(caches, PROMPTS)
    text, other = forward.empty_caches(), forward.empty_caches()
    forward.prefill(text, [[1, 1, 2]])
    beside = [(text, [3, 5, 8]), (other, [13])]
    logits = np.array(forward.ragged_logits(token_array([[5], [40]]), caches, beside))
    return logits, np.array(forward.logits(token_array([[21, 34]]), text))


def test_names_of_weights_and_layers_stay() -> None:
    model = tiny_model("qwen3")
    fuse_projections(model)
    before = [name for name, _ in model.named_modules()]
    kinds = {type(layer).__name__ for layer in model.layers}
    fuse_layers(model)

    assert [name for name, _ in model.named_modules()] == before
    assert {type(layer).__name__ for layer in model.layers} == kinds
    assert all(isinstance(layer, FewerOperations) for layer in model.layers)


def test_other_layers_are_left_alone() -> None:
    model = tiny_model("gemma3_text")
    fuse_projections(model)
    fuse_layers(model)
    assert not any(isinstance(module, FewerOperations) for _, module in model.named_modules())


@pytest.mark.parametrize(
    ("heads", "key_heads", "size", "dtype", "served"),
    [
        (32, 8, 64, mx.bfloat16, True),
        (32, 8, 128, mx.float16, True),
        (32, 8, 96, mx.bfloat16, False),
        (64, 8, 128, mx.bfloat16, False),
        (32, 8, 64, mx.float32, False),
    ],
)
def test_kernels_are_for_certain_heads(
    heads: int, key_heads: int, size: int, dtype: mx.Dtype, served: bool
) -> None:
    assert serves_next(heads, key_heads, size, dtype) is served
