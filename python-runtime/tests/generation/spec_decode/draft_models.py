"""Generators with a draft model, and what they answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import mlx.core as mx
from mlx import utils

from mlx_runtime.generation import DraftCandidate, Generator
from mlx_runtime.requests import Request
from mlx_runtime.slices import run_through
from mlx_runtime.wire import WireBatching

from ..models import VOCABULARY
from ..serving import NO_CACHE, Served, make_generator, serve


def perturbed(model: Any, amount: float) -> Any:
    """The same model with noise on its weights, relative to their size."""
    keys = iter(mx.random.split(mx.random.key(5), 1000))

    def disturb(value: mx.array) -> mx.array:
        noise = mx.random.normal(value.shape, key=next(keys))
        return value + amount * mx.abs(value).mean() * noise

    trees: Any = utils
    model.update(trees.tree_map(disturb, model.parameters()))
    cast(Any, mx).eval(model.parameters())
    return model


def attach(
    generator: Generator, draft: Any, context_length: int = 2048, vocab_size: int = VOCABULARY
) -> None:
    candidate = DraftCandidate(draft, vocab_size, context_length, weight_bytes=0)
    generator.draft_slot.attach(candidate, run_through(generator.draft_slot.probing(candidate)))


def run(
    model: Any,
    draft: Any,
    requests: Sequence[Request],
    *,
    samples_on_device: bool = False,
    batching: WireBatching = NO_CACHE,
) -> tuple[dict[str, Served], Generator]:
    generator = make_generator(model, batching, samples_on_device=samples_on_device)
    if draft is not None:
        attach(generator, draft)
    return serve(generator, requests), generator


def texts(served: dict[str, Served]) -> dict[str, list[int]]:
    return {name: stream.tokens for name, stream in served.items()}
