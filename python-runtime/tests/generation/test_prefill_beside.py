"""What passes compute that have parts of prompts beside a decode step."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from mlx_runtime.generation.arrays import token_array
from mlx_runtime.generation.forward import Forward
from mlx_runtime.generation.kv_cache.layer_caches import merge
from mlx_runtime.generation.kv_cache.ragged_caches import RaggedCaches
from mlx_runtime.generation.runner.backbone import find_backbone
from mlx_runtime.generation.runner.decoded_states import give_decoded_states
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching, WireSampling

from .adapters.adapted import serving
from .adapters.adapter_files import write_adapter
from .models import CONFIGURATIONS, PLAIN_ATTENTION, tiny_model
from .serving import NO_CACHE, greedy, make_generator, random_prompt, reference, serve


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny_model("llama")


def test_models_whose_attention_allows_it_are_found_out() -> None:
    able = {
        family
        for family in CONFIGURATIONS
        if make_generator(tiny_model(family)).traits.prefills_beside
    }
    assert able == {"llama", "qwen3", "qwen3_moe", "gemma3_text", "gpt_oss"}


@pytest.mark.parametrize("family", [*PLAIN_ATTENTION, "gemma3_text", "gpt_oss"])
@pytest.mark.usefixtures("small_parts")
def test_families_with_plain_attention_and_with_windows_have_prompts_computed_beside(
    family: str,
) -> None:
    model = tiny_model(family)
    generator = make_generator(model, NO_CACHE)
    assert generator.traits.prefills_beside
    running = [
        Request(name, random_prompt(5 + 4 * index, index), greedy(16), prompt_lookup=False)
        for index, name in enumerate("ab")
    ]
    late = Request("late", random_prompt(90, 9), greedy(4), prompt_lookup=False)

    def join(step: int) -> None:
        if step == 4:
            generator.submit(late)

    served = serve(generator, running, before_step=join)
    for request in [*running, late]:
        expected = reference(model, list(request.prompt_tokens), request.sampling.max_tokens)
        assert served[request.stream_id].tokens == expected


@pytest.mark.parametrize("streams", [1, 3])
@pytest.mark.usefixtures("small_parts")
def test_prompts_and_running_rows_get_the_text_that_they_get_alone(
    model: Any, streams: int
) -> None:
    generator = make_generator(model, NO_CACHE)
    running = [
        Request(str(index), random_prompt(9 + index, index), greedy(40), prompt_lookup=False)
        for index in range(streams)
    ]
    late = [
        Request("long", random_prompt(300, 9), greedy(6), prompt_lookup=False),
        Request("short", random_prompt(20, 10), greedy(6), prompt_lookup=False),
        Request(
            "sampled",
            random_prompt(35, 11),
            WireSampling(max_tokens=6, temperature=1, seed=3, presence_penalty=0.5),
        ),
    ]

    def disturb(step: int) -> None:
        if step == 6:
            for request in late:
                generator.submit(request)

    execute = generator._runner.execute
    plans: list[bool] = []

    def noting(plan: Any) -> Any:
        steps = execute(plan)
        plans.append(any(getattr(step, "beside_decode", False) for step in steps))
        return steps

    generator._runner.execute = noting  # pyright: ignore[reportAttributeAccessIssue]
    served = serve(generator, running, before_step=disturb)

    assert sum(plans) > 2
    for request in [*running, *late[:2]]:
        expected = reference(model, list(request.prompt_tokens), request.sampling.max_tokens)
        assert served[request.stream_id].tokens == expected
    alone = serve(make_generator(model, NO_CACHE), [late[2]])["sampled"]
    assert served["sampled"].tokens == alone.tokens


@pytest.mark.parametrize("running", ["one", None])
@pytest.mark.usefixtures("small_parts")
def test_adapters_of_the_head_count_for_the_rows_that_decode(
    tmp_path: Path, running: str | None
) -> None:
    def tied() -> Any:
        return tiny_model("llama", tie_word_embeddings=True)

    keys = ["self_attn.q_proj", "model.embed_tokens"]
    path = write_adapter(tmp_path / "one", tied(), 1, keys=keys)
    requests = [
        Request("a", random_prompt(9, 1), greedy(30), prompt_lookup=False, adapter=running),
        Request("b", random_prompt(12, 2), greedy(30), prompt_lookup=False),
        Request("late", random_prompt(90, 3), greedy(4), prompt_lookup=False, adapter="one"),
    ]
    generator = serving(tied(), [path])
    alone = {each.stream_id: serve(generator, [each])[each.stream_id].tokens for each in requests}

    generator = serving(tied(), [path])
    served = serve(
        generator,
        requests[:2],
        before_step=lambda step: generator.submit(requests[2]) if step == 6 else None,
    )
    assert {name: stream.tokens for name, stream in served.items()} == alone


@pytest.mark.usefixtures("small_parts")
def test_what_is_computed_beside_is_kept_for_others(model: Any) -> None:
    generator = make_generator(model, WireBatching())
    prompt = random_prompt(200, 5)
    running = Request("running", random_prompt(9, 1), greedy(60), prompt_lookup=False)

    def disturb(step: int) -> None:
        if step == 6:
            generator.submit(Request("first", prompt, greedy(3)))

    serve(generator, [running], before_step=disturb)
    again = serve(generator, [Request("again", prompt, greedy(3))])["again"]
    assert again.finish.usage.cached_tokens == 199
    assert again.tokens == reference(model, prompt, 3)


@pytest.mark.parametrize("family", ["llama", "gemma3_text"])
@pytest.mark.usefixtures("small_parts")
def test_steps_that_run_ahead_with_parts_filled_up_compute_the_same(family: str) -> None:
    model = tiny_model(family)
    generator = make_generator(model, NO_CACHE, samples_on_device=True)
    generator._runner.launching_blocks = False
    running = [
        Request(str(index), random_prompt(9 + index, index), greedy(40), prompt_lookup=False)
        for index in range(3)
    ]
    late = [
        Request("long", random_prompt(100, 9), greedy(6), prompt_lookup=False),
        Request("short", random_prompt(20, 10), greedy(6), prompt_lookup=False),
    ]

    def disturb(step: int) -> None:
        if step == 6:
            for request in late:
                generator.submit(request)

    served = serve(generator, running, before_step=disturb)
    for request in [*running, *late]:
        expected = reference(model, list(request.prompt_tokens), request.sampling.max_tokens)
        assert served[request.stream_id].tokens == expected


def test_the_head_sees_nothing_of_prompts_beside_a_step(model: Any) -> None:
    backbone = find_backbone(model)
    assert not isinstance(backbone, str)
    give_decoded_states(backbone.states)
    forward = Forward(model)
    text = forward.empty_caches()
    own = merge([forward.empty_caches() for _ in range(2)])
    forward.prefill(own, [[1, 2], [3, 4]])
    caches = RaggedCaches(own, 2, [(text, 3)])
    states = backbone.states(token_array([[5], [6], [7], [8], [9]]), cache=cast("Any", caches))
    assert states.shape[:2] == (2, 1)
    assert [cache.offset for cache in cast("Any", text)] == [3] * len(text)
