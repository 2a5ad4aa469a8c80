"""What caches of a batch show to attention."""

from __future__ import annotations

from typing import cast

import mlx.core as mx
import numpy as np
import pytest

from mlx_runtime.generation.forward import Forward
from mlx_runtime.generation.kv_cache import alignment, layer_caches
from mlx_runtime.generation.kv_cache.aligned_caches import AlignedCaches
from mlx_runtime.generation.kv_cache.layer_caches import LanguageModel

from ..models import tiny_model
from ..serving import random_prompt

LENGTHS = (70, 9, 33)


def forward(model: LanguageModel, width: int) -> tuple[list[float], int]:
    """Logits of the last of `width` tokens of rows of unequal length, and the places seen."""
    rows = [Forward(model).empty_caches() for _ in LENGTHS]
    for caches, length in zip(rows, LENGTHS, strict=True):
        Forward(model).prefill(caches, [random_prompt(length, length)])
    batch = cast("AlignedCaches", layer_caches.merge(rows))
    mask = batch[0].make_mask(width)
    logits = Forward(model).logits(mx.full((len(rows), width), 5, mx.uint32), batch)
    return np.array(logits[:, -1]).tolist(), mask.shape[-1]


@pytest.mark.parametrize("width", [2, 8])
def test_few_shapes_are_seen_where_each_has_to_be_planned_for(
    monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    model = cast("LanguageModel", tiny_model("llama"))
    exact, places = forward(model, width)
    assert places == max(LENGTHS) + width

    monkeypatch.setattr(alignment, "on_gpu", lambda: True)
    rounded, places = forward(model, width)
    assert places == 128
    np.testing.assert_allclose(rounded, exact, rtol=1e-4, atol=1e-5)


def test_a_plain_step_sees_no_more_than_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alignment, "on_gpu", lambda: True)
    assert forward(cast("LanguageModel", tiny_model("llama")), 1)[1] == max(LENGTHS) + 1


@pytest.mark.parametrize("width", [1, 2])
def test_all_places_are_shown_uncut_to_attention_that_skips_hidden_ones(
    monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    model = cast("LanguageModel", tiny_model("llama"))
    exact, _ = forward(model, width)
    monkeypatch.setattr(alignment, "own_kernels_in_use", lambda: True)
    whole, places = forward(model, width)
    assert places == 256
    np.testing.assert_allclose(whole, exact, rtol=1e-4, atol=1e-5)
