"""Attention in groups and blocks is only a faster way to the same numbers."""

from __future__ import annotations

import mlx.core as mx
import numpy as np
import pytest

from mlx_runtime.model.cpu import PrefixedKeys, PrefixKeys, computing_at_once, host
from mlx_runtime.model.cpu.attention import scaled_dot_product_attention
from mlx_runtime.model.cpu.blas import Blas

ROWS, HEADS, PLACES, SIZE = 3, 2, 17, 8


def random(*shape: int) -> mx.array:
    return mx.random.normal(shape, key=mx.random.key(sum(shape)))


def seen() -> mx.array:
    return mx.arange(PLACES) < mx.array([17, 4, 9])[:, None, None, None]


MASKS = {
    "none": None,
    "causal": "causal",
    "per row": seen(),
    "additive": mx.where(seen(), 0.0, -1e9),
    "of two dimensions": mx.arange(PLACES)[None, :] > 3,
    "per head": mx.broadcast_to(seen(), (ROWS, 6, 1, PLACES)),
}


@pytest.mark.parametrize("mask", list(MASKS.values()), ids=list(MASKS))
@pytest.mark.parametrize(("query_heads", "tokens"), [(6, 1), (2, 1), (6, 4)])
def test_the_numbers_are_those_of_mlx(
    query_heads: int, tokens: int, mask: mx.array | str | None
) -> None:
    if query_heads == HEADS and isinstance(mask, mx.array) and mask.shape[-3:-2] == (6,):
        mask = mask[:, :HEADS]
    q = random(ROWS, query_heads, tokens, SIZE)
    k, v = random(ROWS, HEADS, PLACES, SIZE), random(ROWS, HEADS, PLACES, SIZE + 1)[..., :SIZE]
    got = scaled_dot_product_attention(q, k, v, scale=0.3, mask=mask)
    expected = mx.fast.scaled_dot_product_attention(q, k, v, scale=0.3, mask=mask)
    np.testing.assert_allclose(np.array(got), np.array(expected), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("tokens", [64, 65, 150])
@pytest.mark.parametrize("before", [0, 9])
def test_a_causal_prompt_in_blocks(tokens: int, before: int) -> None:
    q = random(2, 6, tokens, SIZE)
    k, v = random(2, HEADS, before + tokens, SIZE), random(2, HEADS, before + tokens, SIZE)
    got = scaled_dot_product_attention(q, k, v, scale=0.3, mask="causal")
    expected = mx.fast.scaled_dot_product_attention(q, k, v, scale=0.3, mask="causal")
    np.testing.assert_allclose(np.array(got), np.array(expected), rtol=1e-5, atol=1e-6)


@pytest.fixture(params=[1, 2, 3])
def threads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """That compute attention at once."""
    count: int = request.param

    def use(_: int) -> None:
        raise AssertionError("attention leaves the number of threads alone")

    monkeypatch.setattr(host, "find_blas", lambda: Blas(count, use, lambda: count))


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize(("queries", "places"), [(1000, 1000), (7, 60)])
def test_all_of_a_tower_seen_by_all_of_it(
    monkeypatch: pytest.MonkeyPatch, queries: int, places: int
) -> None:
    """In several pieces, too, and over some of the places at a time, the last ones shorter."""
    monkeypatch.setattr(host, "_MOST_QUERIES", queries)
    monkeypatch.setattr(host, "_FEWEST_QUERIES", 1)
    monkeypatch.setattr(host, "_PLACES_TOGETHER", places)
    monkeypatch.setattr(host, "_FEWEST", 1)
    q, k, v = random(3, 6, 50, SIZE), random(3, HEADS, 200, SIZE), random(3, HEADS, 200, SIZE + 1)
    with computing_at_once():
        got = scaled_dot_product_attention(q, k, v[..., :SIZE], scale=0.3)
    expected = mx.fast.scaled_dot_product_attention(q, k, v[..., :SIZE], scale=0.3)
    np.testing.assert_allclose(np.array(got), np.array(expected), rtol=1e-5, atol=1e-6)


def test_a_row_that_sees_nothing_has_numbers_and_disturbs_no_other() -> None:
    q, k = random(2, 6, 3, SIZE), random(2, HEADS, PLACES, SIZE)
    sees = mx.array([False, True])[:, None, None, None] & mx.ones((1, 1, 3, PLACES), mx.bool_)
    got = np.array(scaled_dot_product_attention(q, k, k, scale=0.3, mask=sees))
    alone = scaled_dot_product_attention(q[1:], k[1:], k[1:], scale=0.3)
    assert np.isfinite(got).all()
    np.testing.assert_allclose(got[1:], np.array(alone), rtol=1e-6)


def test_sinks_are_left_to_mlx() -> None:
    q, k = random(ROWS, 6, 1, SIZE), random(ROWS, HEADS, PLACES, SIZE)
    sinks = random(6)
    got = scaled_dot_product_attention(q, k, k, scale=0.3, sinks=sinks)
    expected = mx.fast.scaled_dot_product_attention(q, k, k, scale=0.3, sinks=sinks)
    np.testing.assert_array_equal(np.array(got), np.array(expected))


@pytest.mark.parametrize("tokens", [1, 3, 300])
@pytest.mark.parametrize(
    ("prefixed", "order"),
    [([[0, 1], [2]], None), ([[1]], [1, 0, 2]), ([[0, 2]], [0, 2, 1]), ([[2], [0, 1]], [1, 2, 0])],
)
def test_prefixes_are_looked_at_as_if_each_row_had_its_own(
    tokens: int, prefixed: list[list[int]], order: list[int] | None
) -> None:
    q = random(ROWS, 6, tokens, SIZE)
    k, v = random(ROWS, HEADS, PLACES, SIZE), random(ROWS, HEADS, PLACES, SIZE)
    mask = mx.broadcast_to(seen(), (ROWS, 1, tokens, PLACES))
    prefixes = [
        PrefixKeys(random(1, HEADS, 20 + n, SIZE), random(1, HEADS, 20 + n, SIZE) + 1, rows)
        for n, rows in enumerate(prefixed)
    ]
    keys = PrefixedKeys(k, prefixes, None if order is None else mx.array(order))
    got = np.array(scaled_dot_product_attention(q, keys, v, scale=0.9, mask=mask))

    for row in range(ROWS):
        own = slice(row, row + 1)
        before = [prefix for prefix in prefixes if row in prefix.rows]
        whole_k = mx.concatenate([*(prefix.keys for prefix in before), k[own]], axis=2)
        whole_v = mx.concatenate([*(prefix.values for prefix in before), v[own]], axis=2)
        sees_all = mx.ones((1, 1, tokens, whole_k.shape[2] - PLACES), mx.bool_)
        whole_mask = mx.concatenate([sees_all, mask[own]], axis=3)
        expected = mx.fast.scaled_dot_product_attention(
            q[own], whole_k, whole_v, scale=0.9, mask=whole_mask
        )
        np.testing.assert_allclose(got[own], np.array(expected), rtol=2e-5, atol=2e-6)


def test_what_prefixes_do_not_suffice_for_is_refused() -> None:
    q, k = random(ROWS, 6, 1, SIZE), random(ROWS, HEADS, PLACES, SIZE)
    keys = PrefixedKeys(k, [PrefixKeys(k[:1], k[:1], [0])], None)
    for options in ({"mask": None}, {"mask": seen(), "sinks": random(6)}):
        with pytest.raises(NotImplementedError):
            scaled_dot_product_attention(q, keys, k, scale=0.3, **options)


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize(("queries", "places"), [(1000, 1000), (40, 60)])
@pytest.mark.parametrize(("tokens", "before"), [(150, 0), (300, 0), (70, 200)])
def test_a_causal_prompt_at_once(
    monkeypatch: pytest.MonkeyPatch, tokens: int, before: int, queries: int, places: int
) -> None:
    """In several pieces, too, that begin and end amid a head's queries."""
    monkeypatch.setattr(host, "_MOST_QUERIES", queries)
    monkeypatch.setattr(host, "_FEWEST_QUERIES", 1)
    monkeypatch.setattr(host, "_PLACES_TOGETHER", places)
    monkeypatch.setattr(host, "_FEWEST", 1)
    q = random(1, 6, tokens, SIZE)
    k, v = random(1, HEADS, before + tokens, SIZE), random(1, HEADS, before + tokens, SIZE)
    with computing_at_once():
        got = scaled_dot_product_attention(q, k, v, scale=0.3, mask="causal")
    expected = mx.fast.scaled_dot_product_attention(q, k, v, scale=0.3, mask="causal")
    np.testing.assert_allclose(np.array(got), np.array(expected), rtol=1e-5, atol=1e-6)
