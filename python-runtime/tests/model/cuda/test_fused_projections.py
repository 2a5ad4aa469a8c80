"""Projections of one input, fused into one product: what they compute, on any device."""

from __future__ import annotations

import copy
from typing import Any

import mlx.core as mx
import numpy as np
import pytest
from mlx import nn, utils

from generation.models import tiny_model
from mlx_runtime.model.cuda.fused_projections import fuse_projections

TOKENS = mx.array([[1, 5, 9, 2], [7, 3, 3, 8]])


def names(model: Any) -> set[str]:
    trees: Any = utils
    return {name for name, _ in trees.tree_flatten(model.parameters())}


@pytest.mark.parametrize("family", ["llama", "qwen3", "llama with biases"])
def test_a_model_computes_the_same_from_as_many_weights(family: str) -> None:
    model = tiny_model(family.split(maxsplit=1)[0], attention_bias="biases" in family)
    fused = copy.deepcopy(model)
    fuse_projections(fused)

    np.testing.assert_allclose(
        np.array(fused(TOKENS)), np.array(model(TOKENS)), rtol=1e-4, atol=1e-5
    )
    trees: Any = utils
    sizes = [
        sum(value.size for _, value in trees.tree_flatten(each.parameters()))
        for each in (model, fused)
    ]
    assert sizes[0] == sizes[1]
    assert len(names(fused)) < len(names(model))


def test_an_input_that_only_one_of_them_gets_is_multiplied_for_it() -> None:
    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.q_proj = nn.Linear(8, 8)
            self.k_proj = nn.Linear(8, 4)
            self.v_proj = nn.Linear(8, 4)

    plain = Attention()
    fused = copy.deepcopy(plain)
    fuse_projections(fused)
    first, second = mx.random.normal((2, 8)), mx.random.normal((2, 8))

    for name, x in [("k_proj", first), ("q_proj", second), ("q_proj", second), ("v_proj", first)]:
        got, wanted = (np.array(getattr(each, name)(x)) for each in (fused, plain))
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)


def test_layers_that_are_not_alike_stay_as_they_are() -> None:
    class Mlp(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.gate_proj = nn.QuantizedLinear(64, 64)
            self.up_proj = nn.QuantizedLinear(64, 64)

    model = Mlp()
    fuse_projections(model)
    assert isinstance(model.gate_proj, nn.QuantizedLinear)
