"""Weights lie differently and mean the same."""

from __future__ import annotations

import mlx.core as mx
import numpy as np
from mlx import nn

from mlx_runtime.model.cpu import lay_out_by_input


class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(13, 8)
        self.layers = [nn.Linear(8, 24), nn.Linear(24, 8, bias=False)]
        self.stored = nn.QuantizedLinear(64, 64)

    def __call__(self, tokens: mx.array) -> mx.array:
        hidden = self.embed(tokens)
        for layer in self.layers:
            hidden = layer(hidden)
        return self.embed.as_linear(hidden)


def test_the_same_numbers_from_the_same_shapes() -> None:
    model = Small()
    tokens = mx.array([[3, 1, 12, 3]])
    before, shape = np.array(model(tokens)), model.layers[0].weight.shape
    lay_out_by_input(model)
    np.testing.assert_allclose(np.array(model(tokens)), before, rtol=1e-5, atol=1e-6)
    assert model.layers[0].weight.shape == shape


def test_the_numbers_of_an_input_lie_together() -> None:
    model = Small()
    lay_out_by_input(model)
    strides = np.array(model.layers[0].weight, copy=False).strides
    assert strides == (4, 24 * 4)


def test_quantised_weights_stay_as_they_are() -> None:
    model = Small()
    stored = model.stored.weight
    lay_out_by_input(model)
    assert model.stored.weight is stored
