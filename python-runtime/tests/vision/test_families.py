"""Every family answers as mlx-vlm does, whatever runs beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from msgspec.structs import replace as with_fields

from generation.serving import serve

from .seeing import ANSWER, Part, SeeingModel, Shown
from .tiny_models import FAMILIES, write_tiny_vision_model

SMALL, OTHER, WIDE = Shown(64, 64, 1), Shown(64, 64, 2), Shown(200, 60, 3)
PROMPTS: dict[str, Sequence[Part]] = {
    "small": (SMALL, "What is it?"),
    "other": (OTHER, "What is it?"),
    "wide": ("Look: ", WIDE, " Describe what you see."),
    "two": ("One ", SMALL, " and two ", WIDE, ": which is larger?"),
    "text": ("Only words, no picture at all.",),
}


@pytest.fixture(scope="module", params=FAMILIES)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SeeingModel:
    directory = tmp_path_factory.mktemp(request.param)
    return SeeingModel(write_tiny_vision_model(request.param, directory))


@pytest.fixture(scope="module")
def expected(model: SeeingModel) -> dict[str, list[int]]:
    """mlx-vlm's answers, each prompt alone."""
    return {name: model.reference(*parts) for name, parts in PROMPTS.items()}


def test_what_is_seen_changes_what_is_said(expected: dict[str, list[int]]) -> None:
    assert expected["small"] != expected["other"]


def test_alone_it_answers_as_mlx_vlm_does(
    model: SeeingModel, expected: dict[str, list[int]]
) -> None:
    generator = model.generator(prompt_cache_bytes=0)
    for name, parts in PROMPTS.items():
        served = serve(generator, [model.request(name, *parts)])
        assert served[name].tokens == expected[name], name


def test_in_a_batch_with_text_and_other_sizes_too(
    model: SeeingModel, expected: dict[str, list[int]]
) -> None:
    generator = model.generator(prompt_cache_bytes=0)
    served = serve(generator, [model.request(name, *parts) for name, parts in PROMPTS.items()])
    assert {name: served[name].tokens for name in PROMPTS} == expected
    assert generator.batches


def test_in_small_parts_and_after_prefix_hits_too(
    model: SeeingModel, expected: dict[str, list[int]]
) -> None:
    generator = model.generator(prefill_step_size=7)
    for name in PROMPTS:
        assert (
            serve(generator, [model.request(name, *PROMPTS[name])])[name].tokens == expected[name]
        )
    for name in PROMPTS:
        again = serve(generator, [model.request(name, *PROMPTS[name])])[name]
        assert again.tokens == expected[name], name
        assert again.finish.usage.cached_tokens > again.finish.usage.prompt_tokens // 2


def test_a_second_question_prefills_only_the_question(model: SeeingModel) -> None:
    first, second = (WIDE, "What is it? A"), (WIDE, "What is it? Be brief.")
    generator = model.generator()
    serve(generator, [model.request("first", *first)])
    before = generator.stats().counters.prefilled_tokens
    again = serve(generator, [model.request("second", *second)])["second"]
    assert again.tokens == model.reference(*second)
    if not generator.traits.needs_checkpoints:
        assert generator.stats().counters.prefilled_tokens - before < len("Be brief.") + 20


def test_another_image_in_the_same_words_shares_nothing_behind_it(model: SeeingModel) -> None:
    generator = model.generator()
    serve(generator, [model.request("small", *PROMPTS["small"])])
    other = serve(generator, [model.request("other", *PROMPTS["other"])])["other"]
    request = model.request("x", *PROMPTS["other"])
    assert request.pictures is not None
    assert other.finish.usage.cached_tokens <= request.pictures.placed[0].places[0]


def test_it_goes_on_where_an_earlier_process_ended(
    model: SeeingModel, expected: dict[str, list[int]]
) -> None:
    generator = model.generator(prompt_cache_bytes=0)
    for name in ("wide", "two"):
        request = model.request(name, *PROMPTS[name], resume_tokens=expected[name][:4])
        assert serve(generator, [request])[name].tokens == expected[name][4:]


def test_penalties_count_the_prompt_with_an_image(model: SeeingModel) -> None:
    request = model.request("penalised", *PROMPTS["two"])
    sampling = with_fields(request.sampling, repetition_penalty=1.3)
    served = serve(model.generator(), [replace(request, sampling=sampling)])["penalised"]
    assert len(served.tokens) == ANSWER
