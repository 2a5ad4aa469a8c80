"""What lanes read is what one pass reads."""

from __future__ import annotations

from collections.abc import Sequence

import mlx.core as mx
import numpy as np
import pytest

from mlx_runtime.generation.forward import Forward
from mlx_runtime.generation.kv_cache import layer_caches
from mlx_runtime.generation.kv_cache.layer_caches import Caches, LanguageModel
from mlx_runtime.generation.threads import prefill_in_lanes
from mlx_runtime.generation.threads.parallel_prefill import lanes_for

from ..models import CONFIGURATIONS, VOCABULARY, tiny_model

LANES = [mx.new_thread_local_stream(mx.default_device()) for _ in range(3)]


def prompts(lengths: Sequence[int]) -> list[list[int]]:
    random = np.random.default_rng(5)
    return [random.integers(0, VOCABULARY, length).tolist() for length in lengths]


def caches_for(model: LanguageModel, rows: int) -> Caches:
    own = [Forward(model).empty_caches() for _ in range(rows)]
    return own[0] if rows == 1 else layer_caches.merge(own)


def next_logits(model: LanguageModel, caches: Caches, rows: int) -> mx.array:
    return Forward(model).logits(mx.full((rows, 1), 7, mx.uint32), caches)[:, -1]


@pytest.mark.parametrize("lengths", [[64], [40, 40, 40], [40, 1, 17], [5, 3]])
@pytest.mark.parametrize("family", sorted(CONFIGURATIONS))
def test_lanes_leave_the_same_caches_behind(family: str, lengths: list[int]) -> None:
    model = tiny_model(family)
    texts = prompts(lengths)
    plain, laned = caches_for(model, len(texts)), caches_for(model, len(texts))
    if len(set(lengths)) > 1 and not layer_caches.are_aligned(plain):
        assert lanes_for(plain, texts, 3) == 1
        return
    Forward(model).prefill(plain, texts)

    def prefill(begin: int, end: int) -> None:
        Forward(model).prefill(laned, [text[begin:end] for text in texts])

    prefill_in_lanes(prefill, max(lengths), laned, LANES)
    expected, got = (next_logits(model, caches, len(texts)) for caches in (plain, laned))
    np.testing.assert_allclose(np.array(got), np.array(expected), rtol=1e-3, atol=1e-4)


def test_short_passes_are_not_split() -> None:
    model = tiny_model("llama")
    caches = caches_for(model, 1)
    assert [lanes_for(caches, prompts([n]), 2) for n in (1, 31, 63, 64, 500)] == [1, 1, 1, 2, 2]
