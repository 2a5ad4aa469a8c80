"""The runtime's CUDA kernels against plain definitions, and their times beside MLX's own.

Needs an NVIDIA card, MLX for CUDA and this project's runtime on the path.

usage: device_kernels.py
Prints a line per comparison; fails where a kernel's numbers are wrong.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import mlx.core as mx
import numpy as np
from mlx_runtime.generation.sampling.device_sampler import sampler_settings
from mlx_runtime.generation.sampling.host_sampler import sample
from mlx_runtime.model.cuda import attention, sample_rows
from mlx_runtime.model.cuda.next_attention import HeadNorms, NextPlaces, attend_next
from mlx_runtime.wire import WireSampling

TOLERANCE = 8e-3
"""Of the norm; bfloat16 alone comes to 2e-3."""
HEADS, KEY_HEADS = 32, 8
BASE = 10_000.0

Mask = mx.array | str | None
theirs: Any = attention._original
ours: Any = attention.scaled_dot_product_attention


def milliseconds(compute: Callable[[], mx.array], calls: int = 20, rounds: int = 5) -> float:
    mx.eval(compute())
    times: list[float] = []
    for _ in range(rounds):
        started = time.perf_counter()
        mx.eval([compute() for _ in range(calls)])
        times.append((time.perf_counter() - started) / calls)
    return statistics.median(times) * 1e3


def inputs(
    rows: int, tokens: int, keys: int, size: int, dtype: mx.Dtype = mx.bfloat16
) -> tuple[mx.array, mx.array, mx.array, mx.array]:
    """Queries, keys, values, and a mask of rows of unequal length."""
    q = mx.random.normal((rows, tokens, HEADS, size)).astype(dtype).swapaxes(1, 2)
    k, v = (mx.random.normal((rows, KEY_HEADS, keys, size)).astype(dtype) for _ in range(2))
    lengths = mx.array(np.linspace(0, keys - tokens, rows).astype(np.int32))
    last = lengths[:, None, None, None] + mx.arange(tokens)[:, None]
    mask = mx.contiguous(mx.arange(keys) <= last)
    mx.eval(q, k, v, mask)
    return q, k, v, mask


def by_definition(q: mx.array, k: mx.array, v: mx.array, mask: Mask) -> mx.array:
    q, k, v = (x.astype(mx.float32) for x in (q, k, v))
    k, v = (mx.repeat(x, HEADS // KEY_HEADS, axis=1) for x in (k, v))
    scores = q @ k.swapaxes(-1, -2) * q.shape[-1] ** -0.5
    if mask == "causal":
        keys, tokens = k.shape[2], q.shape[2]
        mask = mx.arange(keys) <= mx.arange(keys - tokens, keys)[:, None]
    if isinstance(mask, mx.array):
        scores = mx.where(mask, scores, -mx.inf)
    return mx.softmax(scores, axis=-1) @ v


def check_attention() -> bool:
    worst = 0.0
    shapes = [(3, 1, 5), (3, 1, 300), (2, 1, 2500), (3, 3, 1100), (2, 9, 40), (1, 100, 1000)]
    shapes += [(1, 512, 512), (2, 64, 64), (3, 130, 333), (1, 2048, 4100)]
    for rows, tokens, keys in shapes:
        for size in (64, 128):
            for dtype in (mx.bfloat16, mx.float16):
                q, k, v, mask = inputs(rows, tokens, keys, size, dtype)
                for kind in (mask, "causal", None):
                    got = ours(q, k, v, scale=size**-0.5, mask=kind)
                    worst = max(worst, relative_error(got, by_definition(q, k, v, kind)))
    print(f"attention: largest relative error {worst:.1e}, limit {TOLERANCE:.0e}")
    return worst < TOLERANCE


def check_next() -> bool:
    """Attention that turns heads and writes keys itself, beside MLX's rotation and a softmax."""
    worst = max(
        next_error(lengths, size, normed=normed)
        for lengths in ([5, 70, 0], [300, 1023, 1024], [2500, 17, 4000])
        for size in (64, 128)
        for normed in (False, True)
    )
    print(f"attention that writes: largest relative error {worst:.1e}, limit {TOLERANCE:.0e}")
    return worst < TOLERANCE


def next_error(lengths: list[int], size: int, *, normed: bool) -> float:
    """The largest of what is found, of the keys and of the values."""
    rows, held = len(lengths), -(-(max(lengths) + 1) // 256) * 256
    qkv = mx.random.normal((rows, (HEADS + 2 * KEY_HEADS) * size)).astype(mx.bfloat16)
    kept = [mx.random.normal((rows, KEY_HEADS, held, size)).astype(mx.bfloat16) for _ in range(2)]
    weights = [mx.random.normal((size,)).astype(mx.bfloat16) for _ in range(2)]
    where = mx.array(lengths)
    q, k, v = mx.split(qkv.reshape(rows, -1, 1, size), [HEADS, HEADS + KEY_HEADS], axis=1)
    if normed:
        q, k = (mx.fast.rms_norm(x, w, 1e-6) for x, w in zip((q, k), weights, strict=True))
    q, k = (
        mx.fast.rope(x, size, traditional=False, base=BASE, scale=1.0, offset=where) for x in (q, k)
    )
    there = mx.broadcast_to(where[:, None, None, None], k.shape)
    written = [
        mx.put_along_axis(x, there, new, axis=2) for x, new in zip(kept, (k, v), strict=True)
    ]
    mask = mx.arange(held) <= where[:, None, None, None]
    expected = [by_definition(q, *written, mask).reshape(rows, -1), *written]
    # The kernel writes to what these are computed from.
    mx.eval(expected)
    found = attend_next(
        qkv,
        NextPlaces(*kept, where, max(lengths)),
        BASE ** (-mx.arange(0, size, 2, dtype=mx.float32) / size),
        scale=size**-0.5,
        norms=HeadNorms(*weights, 1e-6) if normed else None,
    )
    mx.eval(found)
    return max(map(relative_error, (found, *kept), expected))


def relative_error(got: mx.array, wanted: mx.array) -> float:
    """Of the norms of arrays of any shape."""
    got, wanted = (x.astype(mx.float32).flatten() for x in (got, wanted))
    return float(mx.linalg.norm(got - wanted) / mx.linalg.norm(wanted))


def check_sampler() -> bool:
    random = np.random.default_rng(3)
    different = total = 0
    for vocabulary in (128_256, 49_152, 1000, 33):
        for spread in (1.0, 4.0):
            logits = (random.standard_normal((64, vocabulary)) * spread).astype(np.float32)
            rows = [
                WireSampling(
                    max_tokens=1,
                    temperature=float(random.choice([0.0, 0.3, 0.7, 1.0, 1.5])),
                    top_k=int(random.choice([0, 1, 5, 50])),
                    top_p=float(random.choice([1.0, 0.9, 0.5, 0.99])),
                    min_p=float(random.choice([0.0, 0.05, 0.5])),
                )
                for _ in range(len(logits))
            ]
            draws = random.random(len(rows)).tolist()
            tokens = np.array(
                sample_rows(mx.array(logits), mx.array(sampler_settings(rows, draws)))[0]
            )
            for row, sampling, draw, token in zip(logits, rows, draws, tokens, strict=True):
                total += 1
                different += sample(row, sampling, draw) != token
    print(f"sampler: {different} of {total} tokens differ from the host's (draws at a border)")
    return different <= total // 200


def time_attention() -> None:
    print("\none token a row, ms: MLX without and with a mask; ours with it; the bytes alone")
    for rows, keys, size in ((32, 4096, 64), (64, 2048, 64), (32, 4096, 128), (64, 256, 64)):
        q, k, v, mask = inputs(rows, 1, keys, size)
        scale = size**-0.5
        plain = milliseconds(lambda: theirs(q, k, v, scale=scale))
        masked = milliseconds(lambda: theirs(q, k, v, scale=scale, mask=mask))
        own = milliseconds(lambda: ours(q, k, v, scale=scale, mask=mask))
        floor = k.nbytes * 2 / 4.3e12 * 1e3
        print(f"  {rows} x {keys}, {size}: {plain:.3f} {masked:.3f} {own:.3f} {floor:.3f}")
    print("many tokens, causal, ms: MLX the first time and again; ours; a mask as an array")
    for rows, tokens, keys, size in (
        (1, 2048, 8192, 64),
        (1, 2048, 8192, 128),
        (1, 512, 2048, 64),
        (8, 512, 512, 128),
        (32, 4, 1024, 64),
    ):
        q, k, v, mask = inputs(rows, tokens, keys, size)
        scale = size**-0.5
        started = time.perf_counter()
        mx.eval(theirs(q, k, v, scale=scale, mask="causal"))
        first = (time.perf_counter() - started) * 1e3
        again = milliseconds(lambda: theirs(q, k, v, scale=scale, mask="causal"))
        own = milliseconds(lambda: ours(q, k, v, scale=scale, mask="causal"))
        array = milliseconds(lambda: ours(q, k, v, scale=scale, mask=mask))
        shape = f"{rows} x {tokens} over {keys}, {size}"
        print(f"  {shape}: {first:.1f} {again:.3f} {own:.3f} {array:.3f}")


def time_sampler() -> None:
    print("\n64 rows of 128,256 float32 logits, ms")
    logits = mx.random.normal((64, 128_256)) * 3
    mx.eval(logits)
    for name, row in {
        "greedy": WireSampling(max_tokens=1, temperature=0),
        "temperature": WireSampling(max_tokens=1, temperature=0.7),
        "top-p": WireSampling(max_tokens=1, temperature=0.7, top_p=0.9),
        "top-k and top-p": WireSampling(max_tokens=1, temperature=0.7, top_p=0.9, top_k=50),
    }.items():
        given = mx.array(sampler_settings([row] * 64, [0.5] * 64))
        print(f"  {name}: {milliseconds(lambda: sample_rows(logits, given)[0]):.3f}")
    print(f"  argmax alone: {milliseconds(lambda: mx.argmax(logits, axis=-1)):.3f}")


def main() -> None:
    mx.random.seed(1)
    print(f"MLX {mx.__version__}, {mx.device_info().get('device_name')}")
    right = [check_attention(), check_next(), check_sampler()]
    time_attention()
    time_sampler()
    sys.exit(0 if all(right) else 1)


if __name__ == "__main__":
    main()
