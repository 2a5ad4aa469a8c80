"""A generator that has two threads says what one says."""

from __future__ import annotations

from typing import Any

import mlx.core as mx
import pytest

from mlx_runtime.generation.threads import threads as threads_module
from mlx_runtime.model.cpu import host
from mlx_runtime.model.cpu.blas import Blas
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching

from ..models import tiny_model
from ..serving import greedy, make_generator, random_prompt, reference, serve


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of threads that were asked for, on a machine with two threads."""
    threads: list[int] = []
    monkeypatch.setattr(threads_module, "find_blas", lambda: Blas(2, threads.append, lambda: 2))
    return threads


@pytest.mark.parametrize("family", ["llama", "gemma3_text", "qwen3_next"])
def test_answers_stay_the_same(family: str, used: list[int]) -> None:
    model: Any = tiny_model(family)
    prompts = [random_prompt(length, length) for length in (90, 120, 7, 64)]
    requests = [Request(str(index), prompt, greedy(12)) for index, prompt in enumerate(prompts)]
    served = serve(make_generator(model), requests)
    for index, prompt in enumerate(prompts):
        assert served[str(index)].tokens == reference(model, prompt, 12)
    assert used


def test_long_prompts_take_one_thread_per_core_and_steps_take_all(used: list[int]) -> None:
    model: Any = tiny_model("llama")
    serve(make_generator(model), [Request("a", random_prompt(100, 1), greedy(3))])
    assert used[0] == 1
    assert used[-1] == 2


def test_long_prompts_are_computed_at_once_where_they_look_back_far(
    used: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Small numbers count as many here, so that all of it is done."""
    monkeypatch.setattr(threads_module, "COMPUTES_AT_ONCE", True)
    monkeypatch.setattr(host, "COMPUTES_AT_ONCE", True)
    monkeypatch.setattr(host, "_FEWEST", 1)
    monkeypatch.setattr(threads_module, "_FAR", 100)
    attend = host.attend
    places: list[int] = []

    def noting(grouped: mx.array, k: mx.array, v: mx.array, causal: int = 0) -> mx.array:
        places.append(k.shape[2])
        return attend(grouped, k, v, causal)

    monkeypatch.setattr(host, "attend", noting)
    model: Any = tiny_model("llama")
    prompt = random_prompt(900, 1)
    batching = WireBatching(prefill_step_size=150, prompt_cache_bytes=0)
    served = serve(make_generator(model, batching), [Request("a", prompt, greedy(4))])
    assert served["a"].tokens == reference(model, prompt, 4)
    # The first part in lanes, the others on all threads.
    assert used[0] == 1
    assert max(used) == 2
    assert min(places) > 100
