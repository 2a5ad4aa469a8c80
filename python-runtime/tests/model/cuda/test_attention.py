"""What own kernels take over, and what is left to MLX."""

from __future__ import annotations

import mlx.core as mx
import pytest

from mlx_runtime.model.cuda.attention import serves

ROWS, HEADS, KEYS = 3, 8, 20


def asked(
    mask: mx.array | str | None = None,
    *,
    tokens: int = 4,
    size: int = 64,
    dtype: mx.Dtype = mx.bfloat16,
    value_size: int | None = None,
) -> bool:
    q = mx.zeros((ROWS, HEADS, tokens, size), dtype)
    k = mx.zeros((ROWS, 2, KEYS, size), dtype)
    return serves(q, k, mx.zeros((ROWS, 2, KEYS, value_size or size), dtype), mask)


def mask(rows: int, tokens: int, *, heads: int = 1, dtype: mx.Dtype = mx.bool_) -> mx.array:
    return mx.zeros((rows, heads, tokens, KEYS), dtype)


@pytest.mark.parametrize("size", [64, 128])
@pytest.mark.parametrize("dtype", [mx.bfloat16, mx.float16])
def test_prompts_and_batches_are_served(size: int, dtype: mx.Dtype) -> None:
    assert asked("causal", size=size, dtype=dtype)
    assert asked(size=size, dtype=dtype)
    assert asked(mask(ROWS, 1), tokens=1, size=size, dtype=dtype)
    assert asked(mask(1, 4), size=size, dtype=dtype)


def test_a_row_alone_is_left_to_mlx() -> None:
    assert not asked(tokens=1)
    assert not asked("causal", tokens=1)


def test_what_the_kernels_do_not_know_is_left_to_mlx() -> None:
    assert not asked("causal", dtype=mx.float32)
    assert not asked("causal", size=96)
    assert not asked("causal", size=128, value_size=64)
    assert not asked(mask(ROWS, 4, dtype=mx.bfloat16))
    assert not asked(mask(ROWS, 4, heads=HEADS))
    assert not asked(mx.zeros((4, KEYS), mx.bool_))
