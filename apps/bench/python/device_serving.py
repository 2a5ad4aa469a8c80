"""Prompts, mixed lengths and sampling on one device, with random weights.

Needs what `device_batches.py` needs. Everything is timed as a client sees it,
step by step of a generator: first requests after loading, an 8,000-token prompt
alone and beside 32 rows that decode, decode steps of rows of unequal and of
equal length, and of greedy and sampled rows.

usage: device_serving.py [--big] [--rounds N] [--only-first]
  --big         8B instead of 1B
  --only-first  what the first requests wait for; run it twice, as the first run
                on a machine compiles kernels that the next one finds
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from mlx_runtime.generation import Generator, generator_for
from mlx_runtime.model.device import describe_device, prepare_device
from mlx_runtime.requests import Request, StepOutput
from mlx_runtime.wire import WireBatching, WireSampling

from device_batches import LLAMA_1B, LLAMA_8B, VOCABULARY, as_loaded, make_model

LONG = 8000
GREEDY = {"temperature": 0.0}
SAMPLED = {"temperature": 0.7, "top_p": 0.9}
_random = np.random.default_rng(0)


def submit(
    generator: Generator, name: str, length: int, tokens: int, sampling: dict[str, float] = GREEDY
) -> None:
    prompt: list[int] = _random.integers(0, VOCABULARY, length).tolist()
    wanted: dict[str, Any] = {"max_tokens": tokens, **sampling}
    generator.submit(Request(name, prompt, WireSampling(**wanted), credit=tokens + 1))


def steps(generator: Generator) -> Iterator[tuple[float, Sequence[str]]]:
    """Per step, when it was over and whose tokens it had."""
    while generator.has_work():
        outputs = generator.step()
        names = [
            output.stream_id
            for output in outputs
            if isinstance(output, StepOutput) and output.token is not None
        ]
        yield time.perf_counter(), names


def alone(generator: Generator, length: int) -> float:
    """Seconds to a prompt's first token."""
    started = time.perf_counter()
    submit(generator, "prompt", length, 2)
    first = [now for now, names in steps(generator) if names]
    return first[0] - started


def decode(
    generator: Generator, lengths: Sequence[int], sampling: dict[str, float], tokens: int = 300
) -> float:
    """Median milliseconds of a step while all rows decode."""
    for row, length in enumerate(lengths):
        submit(generator, str(row), length, tokens, sampling)
    counts = dict.fromkeys(map(str, range(len(lengths))), 0)
    moments: list[float] = []
    for now, names in steps(generator):
        for name in names:
            counts[name] += 1
        if names and min(counts.values()) > 4 and max(counts.values()) < tokens:
            moments.append(now)
    return float(np.median(np.diff(moments)) * 1e3)


def beside(generator: Generator, rows: int = 32) -> str:
    """A long prompt while others decode: their gaps before and meanwhile, and its first token."""
    for row in range(rows):
        submit(generator, str(row), 128, 6000)
    running = steps(generator)
    before = gaps(running, lambda moments, _names: len(moments) > 70)
    started = time.perf_counter()
    submit(generator, "prompt", LONG, 2)
    meanwhile = gaps(running, lambda _moments, names: "prompt" in names)
    first = time.perf_counter() - started
    for row in range(rows):
        generator.cancel(str(row))
    for _ in running:
        pass
    quiet, busy = (float(np.percentile(each, 95)) for each in (before[10:], meanwhile))
    return f"p95 gap {quiet:.1f} -> {busy:.1f} ms ({busy / quiet:.1f}x), first token {first:.3f} s"


def gaps(
    running: Iterator[tuple[float, Sequence[str]]],
    is_over: Callable[[Sequence[float], Sequence[str]], bool],
) -> np.ndarray[Any, Any]:
    moments = [time.perf_counter()]
    for now, names in running:
        if any(name != "prompt" for name in names):
            moments.append(now)
        if is_over(moments, names):
            break
    return np.diff(moments) * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--big", action="store_true")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only-first", action="store_true")
    options = parser.parse_args()
    prepare_device(describe_device())
    model = as_loaded(make_model(LLAMA_8B if options.big else LLAMA_1B, 1))
    started = time.perf_counter()
    generator = generator_for(
        model,
        eos_token_ids=(),
        vocab_size=VOCABULARY,
        context_length=16_384,
        prompt_lookup=False,
        batching=WireBatching(max_batch_size=64, prompt_cache_bytes=0),
    )
    print(f"ready after {time.perf_counter() - started:.2f} s", flush=True)
    first = [f"{alone(generator, length):.3f}" for length in (40, 500, 3000)]
    print(f"first requests of 40, 500 and 3,000 tokens: {', '.join(first)} s", flush=True)
    if options.only_first:
        return
    for _ in range(options.rounds):
        print(f"{LONG} tokens alone: {alone(generator, LONG):.3f} s", flush=True)
        print(f"{LONG} tokens beside 32 rows: {beside(generator)}", flush=True)
        mixed = decode(generator, np.linspace(100, 4000, 32).astype(int).tolist(), GREEDY, 500)
        equal = decode(generator, [2050] * 32, GREEDY, 500)
        print(
            f"32 rows of 100 to 4,000 tokens: {mixed:.2f} ms, of 2,050: {equal:.2f} ms", flush=True
        )
        greedy, sampled = (decode(generator, [128] * 64, each) for each in (GREEDY, SAMPLED))
        print(f"64 rows: greedy {greedy:.2f} ms, sampled {sampled:.2f} ms", flush=True)
        print(f"one row: {decode(generator, [128], GREEDY):.2f} ms", flush=True)


if __name__ == "__main__":
    main()
