"""Warm-up: what happens to a batch while it runs, done once before anybody waits for it."""

from __future__ import annotations

import mlx.core as mx

from ...wire import WireSampling
from ..arrays import token_array, wait
from ..forward import Forward
from ..kv_cache import layer_caches
from ..sampling.device_sampler import DeviceSampler

_PROMPT = [1, 2, 3, 4]
_DRAFTED = [[1, 2, 3]]
_SETTINGS = (
    WireSampling(max_tokens=1, temperature=0),
    WireSampling(max_tokens=1, temperature=1, top_p=0.9),
)


def rehearse_batch(forward: Forward) -> None:
    """Has sequences join, be drafted for, sampled, taken back, taken out and leave.

    A GPU spends seconds on compiling each operation that it runs for the first time, and keeps
    the code for later processes.
    """
    batch, joining = (
        layer_caches.merge([forward.empty_caches(), forward.empty_caches()]) for _ in range(2)
    )
    for caches in (batch, joining):
        forward.prefill(caches, [_PROMPT, _PROMPT[:2]])
    layer_caches.extend(batch, joining)
    lengths = [len(_PROMPT), 2] * 2
    _sample(forward.logits(token_array(_DRAFTED * 4), batch))
    layer_caches.roll_back(batch, lengths)
    layer_caches.keep_rows(batch, [0, 2, 3])
    _sample(forward.logits(token_array(_DRAFTED * 3), batch))
    tokens = _sample(forward.logits(token_array([[1]] * 3), batch))
    wait(mx.concatenate([tokens[:, None][mx.array([0, 2])], token_array([[1]])]))
    wait(layer_caches.state(layer_caches.extract(batch, 1)))


def _sample(logits: mx.array) -> mx.array:
    """(rows * tokens,) from logits (rows, tokens, vocabulary)."""
    flat = mx.flatten(logits.astype(mx.float32), 0, 1)
    rows, vocabulary = flat.shape
    sampled = [DeviceSampler([each] * rows, vocabulary)(flat, [0.5] * rows) for each in _SETTINGS]
    wait(sampled)
    return sampled[-1][0]
