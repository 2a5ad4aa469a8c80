"""Sampling is exact: against a plain reference, and against the distribution itself."""

from __future__ import annotations

import mlx.core as mx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mlx_runtime.generation.sampling.device_sampler import DeviceSampler
from mlx_runtime.generation.sampling.host_sampler import sample
from mlx_runtime.generation.sampling.request_rng import RequestRng
from mlx_runtime.wire import WireSampling

Values = NDArray[np.float64]

CASES = {
    "plain": WireSampling(max_tokens=1),
    "cool": WireSampling(max_tokens=1, temperature=0.3),
    "hot": WireSampling(max_tokens=1, temperature=2.0),
    "top-p": WireSampling(max_tokens=1, top_p=0.9),
    "wide-top-p": WireSampling(max_tokens=1, temperature=1.7, top_p=0.999),
    "zero-top-p": WireSampling(max_tokens=1, top_p=0.0),
    "top-1": WireSampling(max_tokens=1, top_k=1),
    "top-k": WireSampling(max_tokens=1, top_k=40),
    "top-k-and-p": WireSampling(max_tokens=1, top_k=300, top_p=0.5),
    "min-p": WireSampling(max_tokens=1, min_p=0.1),
    "everything": WireSampling(max_tokens=1, temperature=0.7, top_k=50, top_p=0.95, min_p=0.02),
}


def reference_distribution(logits: NDArray[np.float32], sampling: WireSampling) -> Values:
    """Temperature, top-k, top-p and min-p by sorting everything in double precision."""
    scaled = logits.astype(np.float64) / sampling.temperature
    probabilities = np.exp(scaled - scaled.max())
    if sampling.top_k:
        kept = min(sampling.top_k, len(logits))
        probabilities[probabilities < np.sort(probabilities)[-kept]] = 0
    probabilities /= probabilities.sum()
    if sampling.top_p < 1:
        descending = np.sort(probabilities)[::-1]
        reached = min(int(np.searchsorted(np.cumsum(descending), sampling.top_p)), len(logits) - 1)
        probabilities[probabilities < descending[reached]] = 0
    probabilities[probabilities < sampling.min_p * probabilities.max()] = 0
    return probabilities / probabilities.sum()


@pytest.mark.parametrize("sampling", CASES.values(), ids=CASES)
@pytest.mark.parametrize("spread", [0.5, 3.0])
def test_every_draw_is_the_inverse_of_the_reference_distribution(
    sampling: WireSampling, spread: float
) -> None:
    random = np.random.default_rng(1)
    for _ in range(20):
        logits = (random.standard_normal(2000) * spread).astype(np.float32)
        cumulative = np.cumsum(reference_distribution(logits, sampling))
        for draw in random.random(10):
            token = sample(logits, sampling, float(draw))
            # The draw falls into the token's own stretch, but for rounding.
            assert cumulative[token] >= draw - 1e-5
            assert (cumulative[token - 1] if token else 0.0) <= draw + 1e-5


@pytest.mark.parametrize("sampling", CASES.values(), ids=CASES)
def test_frequencies_pass_a_chi_squared_test(sampling: WireSampling) -> None:
    logits = (np.random.default_rng(2).standard_normal(60) * 2).astype(np.float32)
    expected = reference_distribution(logits, sampling)
    draws = RequestRng(seed=11)
    count = 20_000
    observed = np.bincount(
        [sample(logits, sampling, draws.at(position)) for position in range(count)],
        minlength=len(logits),
    )
    assert observed[expected == 0].sum() == 0
    common = expected * count >= 5
    rest = expected[~common].sum() * count
    deviations = (observed[common] - expected[common] * count) ** 2 / (expected[common] * count)
    statistic = deviations.sum()
    if rest >= 5:
        statistic += (observed[~common].sum() - rest) ** 2 / rest
    freedom = max(1, int(common.sum()))
    # Five standard deviations of the chi-squared distribution; the seed is fixed.
    assert statistic <= freedom + 5 * np.sqrt(2 * freedom)


@given(
    seed=st.integers(0, 2**53 - 1),
    positions=st.lists(st.integers(0, 1_000_000), min_size=2, max_size=6),
)
def test_a_draw_depends_on_seed_and_position_only(seed: int, positions: list[int]) -> None:
    in_order = RequestRng(seed)
    expected = {position: in_order.at(position) for position in sorted(positions)}
    fresh = RequestRng(seed)
    for position in positions:
        value = fresh.at(position)
        assert value == expected[position]
        assert 0 <= value < 1
    assert RequestRng(seed + 1).at(positions[0]) != expected[positions[0]]


@pytest.mark.parametrize("sampling", CASES.values(), ids=CASES)
@pytest.mark.parametrize("spread", [0.5, 3.0])
def test_the_device_chooses_as_the_host_does(sampling: WireSampling, spread: float) -> None:
    random = np.random.default_rng(3)
    logits = (random.standard_normal((64, 1000)) * spread).astype(np.float32)
    draws = random.random(64).tolist()
    # A neighbour with other settings switches passes on that this row does not need.
    rows = [sampling, CASES["everything"], WireSampling(max_tokens=1, temperature=0)]
    sampler = DeviceSampler([rows[index % 3] for index in range(64)], 1000)
    tokens = np.array(sampler(mx.array(logits), draws)[0]).tolist()
    expected = [sample(logits[index], rows[index % 3], draws[index]) for index in range(64)]
    # A draw on the border between two tokens may fall either way by rounding.
    agreeing = sum(left == right for left, right in zip(tokens, expected, strict=True))
    assert agreeing >= 63


@pytest.mark.parametrize("name", ["greedy", "everything"])
def test_a_row_without_a_token_to_sample_is_told_by_its_largest_logit(name: str) -> None:
    logits = np.zeros((3, 8), dtype=np.float32)
    logits[0, 5], logits[1, 3], logits[2] = 2, np.nan, -np.inf
    greedy = WireSampling(max_tokens=1, temperature=0)
    settings = greedy if name == "greedy" else CASES[name]
    _, largest = DeviceSampler([settings] * 3, 8)(mx.array(logits), [0.5] * 3)
    assert np.isfinite(np.array(largest)).tolist() == [True, False, False]


@given(
    values=st.lists(st.floats(-50, 50, width=32), min_size=1, max_size=40),
    temperature=st.floats(0, 2),
    top_p=st.floats(0, 1),
    top_k=st.integers(0, 50),
    min_p=st.floats(0, 1),
    draw=st.floats(0, 1, exclude_max=True),
)
@settings(max_examples=300)
def test_any_settings_give_a_token_that_is_possible(
    values: list[float], temperature: float, top_p: float, top_k: int, min_p: float, draw: float
) -> None:
    sampling = WireSampling(
        max_tokens=1, temperature=temperature, top_p=top_p, top_k=top_k, min_p=min_p
    )
    logits = np.array(values, dtype=np.float32)

    token = sample(logits, sampling, draw)

    assert 0 <= token < len(logits)
    if temperature == 0:
        assert token == int(logits.argmax())
    if 0 < top_k < len(logits):
        assert logits[token] >= np.sort(logits)[-top_k]


def test_tokens_ruled_out_are_never_drawn() -> None:
    logits = np.full(100, -np.inf, dtype=np.float32)
    logits[[3, 50]] = 0.0
    sampling = WireSampling(max_tokens=1)
    drawn = {sample(logits, sampling, draw) for draw in np.linspace(0, 1, 50, endpoint=False)}
    assert drawn == {3, 50}
