"""A draft model computes a text once, as its target does."""

from __future__ import annotations

from typing import Any

import pytest

from mlx_runtime.generation import DraftCandidate, Generator
from mlx_runtime.generation.spec_decode.draft_prompts import DraftPrompts
from mlx_runtime.requests import Request
from mlx_runtime.slices import run_through
from mlx_runtime.wire import WireBatching, WireSampling

from ..models import VOCABULARY, tiny_model
from ..serving import greedy, make_generator, random_prompt, serve

TOKENS = 12


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Tokens of each pass in which a draft model computes texts that are new to it."""
    passes: list[int] = []
    compute = DraftPrompts.compute

    def noting(prompts: DraftPrompts, *arguments: Any) -> Any:
        done = compute(prompts, *arguments)
        passes.append(done[0])
        return done

    monkeypatch.setattr(DraftPrompts, "compute", noting)
    return passes


def drafted(model: Any, batching: WireBatching | None = None) -> Generator:
    generator = make_generator(model, batching or WireBatching())
    draft = DraftCandidate(tiny_model("llama", seed=9), VOCABULARY, 2048, weight_bytes=0)
    generator.draft_slot.attach(draft, run_through(generator.draft_slot.probing(draft)))
    return generator


def asking(name: str, prompt: list[int], sampling: WireSampling | None = None) -> Request:
    return Request(name, prompt, sampling or greedy(TOKENS), prompt_lookup=False, draft_model="d")


def test_a_second_turn_is_computed_behind_the_first(model: Any, computed: list[int]) -> None:
    generator = drafted(model)
    first = random_prompt(120, 1)
    answer = serve(generator, [asking("a", first)])["a"].tokens
    assert sum(computed) >= 119
    computed.clear()
    second = [*first, *answer, *random_prompt(30, 2)]
    served = serve(generator, [asking("b", second)])["b"]
    assert sum(computed) < 60
    assert served.tokens == serve(make_generator(model), [asking("b", second)])["b"].tokens


def test_rows_that_begin_alike_have_it_computed_once(model: Any, computed: list[int]) -> None:
    system = random_prompt(600, 3)
    requests = [
        asking(
            str(index),
            [*system, *random_prompt(9, index)],
            WireSampling(max_tokens=TOKENS, seed=index),
        )
        for index in range(3)
    ]
    generator = drafted(model)
    served = serve(generator, requests)
    assert sum(computed) < 900
    plain = serve(make_generator(model), requests)
    assert {name: stream.tokens for name, stream in served.items()} == {
        name: stream.tokens for name, stream in plain.items()
    }


def test_what_a_row_that_was_given_up_has_computed_is_gone_on_with(
    model: Any, computed: list[int]
) -> None:
    prompt = random_prompt(1200, 4)
    generator = drafted(model, WireBatching(prefill_step_size=2048))

    def cancel(_: int) -> None:
        if computed:
            generator.cancel("a")

    serve(generator, [asking("a", prompt, greedy(200))], before_step=cancel)
    assert computed == [512]
    serve(generator, [asking("b", prompt)])
    assert sum(computed) < 1200 + TOKENS


def test_both_models_keep_to_one_budget(model: Any) -> None:
    capacity = 400 * make_generator(model).traits.footprint.nbytes(1)
    generator = drafted(model, WireBatching(prompt_cache_bytes=capacity))
    for index in range(6):
        serve(generator, [asking(str(index), random_prompt(90, index))])
    with_draft = generator.stats().prefix_cache
    assert capacity / 2 < with_draft.bytes <= capacity
    generator.draft_slot.detach()
    alone = generator.stats().prefix_cache
    assert alone.bytes <= capacity / 2
    assert alone.evictions >= with_draft.evictions > 0
