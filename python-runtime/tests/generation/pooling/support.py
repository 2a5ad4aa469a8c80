"""Reads texts with a generator and waits for what comes out."""

from __future__ import annotations

from typing import Any

import mlx.core as mx
import numpy as np

from mlx_runtime.errors import Failure
from mlx_runtime.generation import Generator, Listener
from mlx_runtime.pooling import Result, Task

from ..serving import random_prompt

LENGTHS = (5, 40, 1, 17, 120)
TEXTS = [random_prompt(length, seed) for seed, length in enumerate(LENGTHS)]


class Outcome:
    """How one task ended."""

    def __init__(self) -> None:
        self.result: Any = None
        self.failure: Failure | None = None

    @property
    def ended(self) -> bool:
        return self.result is not None or self.failure is not None


def begin(generator: Generator, task: Task, stream_id: str = "texts") -> Outcome:
    outcome = Outcome()

    def done(result: Result) -> None:
        assert not outcome.ended
        outcome.result = result

    def failed(failure: Failure) -> None:
        assert not outcome.ended
        outcome.failure = failure

    generator.pooler.submit(stream_id, task, Listener(done, failed))
    return outcome


def read(generator: Generator, task: Task) -> Any:
    """The result of a task that nothing else runs beside."""
    outcome = begin(generator, task)
    while generator.has_work():
        generator.step()
    assert outcome.failure is None
    return outcome.result


def hidden_states(model: Any, tokens: list[int]) -> np.ndarray[Any, Any]:
    """(tokens, size): of the whole text in one pass, straight from mlx-lm's inner module."""
    inner = model.backbone if hasattr(model, "backbone") else model.model
    states = inner(mx.array([tokens]))
    return np.array(states.astype(mx.float32))[0]


def log_softmax(model: Any, tokens: list[int]) -> np.ndarray[Any, Any]:
    """(tokens, vocabulary) in float64, from one pass over the whole text."""
    logits = np.array(model(mx.array([tokens])).astype(mx.float32)).astype(np.float64)[0]
    peak = logits.max(axis=-1, keepdims=True)
    return logits - peak - np.log(np.exp(logits - peak).sum(axis=-1, keepdims=True))


def assert_close(actual: Any, expected: Any, tolerance: float = 1e-4) -> None:
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance)
