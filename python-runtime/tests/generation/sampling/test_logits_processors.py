"""Penalties and bias against their definitions, token by token."""

from __future__ import annotations

import mlx.core as mx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mlx_runtime.generation.arrays import to_host
from mlx_runtime.generation.host_arrays import Floats
from mlx_runtime.generation.sampling.device_sampler import update_on_device
from mlx_runtime.generation.sampling.logits_processors import LogitsProcessor
from mlx_runtime.generation.sampling.logprobs import log_normaliser, top_logprobs
from mlx_runtime.wire import WireSampling

SIZE = 300
tokens = st.integers(0, SIZE - 1)


def by_definition(
    logits: Floats, sampling: WireSampling, prompt: list[int], generated: list[int]
) -> list[float]:
    edited: list[float] = []
    for token, logit in enumerate(logits.tolist()):
        value = logit
        if token in prompt or token in generated:
            scale = sampling.repetition_penalty
            value = value / scale if value > 0 else value * scale
        times = generated.count(token)
        value -= sampling.frequency_penalty * times
        value -= sampling.presence_penalty * (times > 0)
        value += (sampling.logit_bias or {}).get(str(token), 0.0)
        edited.append(value)
    return edited


@given(
    prompt=st.lists(tokens, min_size=1, max_size=150),
    generated=st.lists(tokens, max_size=150),
    presence=st.floats(-2, 2),
    frequency=st.floats(-2, 2),
    repetition=st.floats(0.5, 2),
    bias=st.dictionaries(tokens.map(str), st.floats(-100, 100), max_size=100),
)
def test_edits_follow_their_definitions(
    prompt: list[int],
    generated: list[int],
    presence: float,
    frequency: float,
    repetition: float,
    bias: dict[str, float],
) -> None:
    sampling = WireSampling(
        max_tokens=1,
        presence_penalty=presence,
        frequency_penalty=frequency,
        repetition_penalty=repetition,
        logit_bias=bias,
    )
    logits = np.random.default_rng(0).standard_normal(SIZE).astype(np.float32)
    edits = LogitsProcessor(sampling, prompt)
    for token in generated:
        edits.advance(token)
    edited: Floats = np.array(logits)
    edits.update().apply(edited)
    rows = np.stack([logits, logits])
    on_device = to_host(update_on_device(mx.array(rows), [(1, edits.update())]))

    expected = by_definition(logits, sampling, prompt, generated)
    np.testing.assert_allclose(edited, expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(on_device[1], expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(on_device[0], logits)


def test_settings_that_change_nothing_need_no_edits() -> None:
    assert not LogitsProcessor.wanted(WireSampling(max_tokens=1, temperature=0.7, top_p=0.9))


def test_logprobs_are_normalised_and_sorted() -> None:
    logits = np.array([1.0, 3.0, 3.0, -2.0], dtype=np.float32)
    normaliser = log_normaliser(logits)
    top = top_logprobs(logits, normaliser, 20)

    assert [entry.token for entry in top] == [1, 2, 0, 3]
    assert np.isclose(sum(np.exp(entry.logprob) for entry in top), 1.0)
    assert top_logprobs(logits, normaliser, 1) == top[:1]
    assert top_logprobs(logits, normaliser, 0) == ()
