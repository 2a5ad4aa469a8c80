"""One side of `device_ranks.py`: a generator over one device or several, and what it is asked."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np
from mlx_runtime.generation import Generator, generator_for
from mlx_runtime.model.device import describe_device
from mlx_runtime.model.loader import LoadedModel, load_model
from mlx_runtime.requests import Request, StepOutput
from mlx_runtime.serving.led_ranks import LedRanks, lead_ranks
from mlx_runtime.wire import LoadParams, LoadParamsParallel, WireBatching, WireSampling

from random_ranks import write_directory

ANSWER = 64
"""Tokens."""


class Side:
    """A generator, and what it takes to close it."""

    def __init__(self, config: dict[str, Any], dtype: str, ranks: int) -> None:
        device = describe_device()
        path = Path(tempfile.mkdtemp(prefix="device-ranks-"))
        directory = write_directory(path, config, dtype)
        parallel = LoadParamsParallel(ranks=ranks) if ranks > 1 else None
        params = LoadParams(model_id="bench", path=str(path), weights="stored", parallel=parallel)
        before, started = mx.get_active_memory(), time.perf_counter()
        self.led: LedRanks | None = None
        if ranks == 1:
            loaded = load_model(directory, params, device, lambda _, __: None)
        else:
            self.led, loaded = lead_ranks(
                directory, params, device, lambda _, __: None, lambda: None
            )
        self.bytes = mx.get_active_memory() - before
        self.vocabulary = loaded.vocab_size
        self.generator = _generator(loaded, self.led)
        self.seconds_to_load = time.perf_counter() - started

    def close(self) -> None:
        self.generator.close()
        if self.led is not None:
            self.led.close()


def _generator(loaded: LoadedModel, led: LedRanks | None) -> Generator:
    return generator_for(
        loaded.model,
        eos_token_ids=(),
        vocab_size=loaded.vocab_size,
        context_length=loaded.context_length,
        batching=WireBatching(max_batch_size=64),
        prompt_lookup=False,
        embedding=loaded.embedding,
        lead=None if led is None else led.lead(None, loaded.fingerprint),
    )


def prompt_of(seed: int, length: int, vocabulary: int) -> list[int]:
    return np.random.default_rng(seed).integers(0, vocabulary, length).tolist()


def submit(side: Side, name: str, prompt: Sequence[int], tokens: int) -> None:
    sampling = WireSampling(max_tokens=tokens, temperature=0, ignore_eos=True)
    side.generator.submit(Request(name, prompt, sampling, credit=tokens + 1, tenant=""))


def texts(side: Side, cancelled: str = "") -> dict[str, list[int]]:
    """What every stream says; one is cancelled at its third token."""
    found: dict[str, list[int]] = {}
    while side.generator.has_work():
        for output in side.generator.step():
            if isinstance(output, StepOutput) and output.token is not None:
                found.setdefault(output.stream_id, []).append(output.token)
        if len(found.get(cancelled, ())) == 3:
            side.generator.cancel(cancelled)
    return found


def answers(side: Side, rows: int, cancelled: str = "") -> dict[str, list[int]]:
    for row in range(rows):
        submit(side, str(row), prompt_of(row, 40 + row, side.vocabulary), ANSWER)
    return texts(side, cancelled)


def step_ms(side: Side, rows: int, tokens: int, context: int = 128) -> float:
    """Median milliseconds of a step while all rows decode."""
    for row in range(rows):
        submit(side, str(row), prompt_of(1000 + row, context, side.vocabulary), tokens)
    counts = dict.fromkeys(map(str, range(rows)), 0)
    moments: list[float] = []
    while side.generator.has_work():
        named = [
            o.stream_id for o in side.generator.step() if getattr(o, "token", None) is not None
        ]
        for name in named:
            counts[name] += 1
        if named and min(counts.values()) > 4 and max(counts.values()) < tokens:
            moments.append(time.perf_counter())
    return round(float(np.median(np.diff(moments)) * 1e3), 3)


def first_token_s(side: Side, length: int, seed: int) -> float:
    started = time.perf_counter()
    submit(side, "long", prompt_of(seed, length, side.vocabulary), 2)
    while not any(getattr(output, "token", None) is not None for output in side.generator.step()):
        pass
    seconds = time.perf_counter() - started
    texts(side)
    return round(seconds, 4)
