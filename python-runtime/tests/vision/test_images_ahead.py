"""Images are looked at beside everything else, each once, where there are cores for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from generation.serving import serve
from mlx_runtime.generation import Generator
from mlx_runtime.generation.picture_features import Features
from mlx_runtime.generation.threads import threads as threads_module
from mlx_runtime.model.cpu.blas import Blas
from mlx_runtime.requests import PrefillProgress
from mlx_runtime.vision.picture import Picture

from .seeing import SeeingModel, Shown
from .tiny_models import write_tiny_vision_model

PATIENCE = 20
IMAGES = [Shown(64, 64, 0), Shown(64, 64, 1), Shown(280, 280, 2)]
"""The last one has tokens for two lanes."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SeeingModel:
    return SeeingModel(write_tiny_vision_model("qwen2_vl", tmp_path_factory.mktemp("model")))


class Tower:
    """In the place of a model's own, which it calls once it is let."""

    def __init__(self, model: SeeingModel) -> None:
        self.threads: list[int] = []
        """Those of each product that were asked for."""
        self._own = model.loaded.model.features
        self.may_encode = threading.Event()
        self.may_encode.set()
        self.encoded: list[str] = []
        self.at_once = 0
        self.most_at_once = 0
        self.on: set[int] = set()

    def __call__(self, picture: Picture) -> Features:
        self.encoded.append(picture.digest)
        self.on.add(threading.get_ident())
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        assert self.may_encode.wait(PATIENCE)
        features: Features = self._own(picture)
        self.at_once -= 1
        return features


@pytest.fixture
def tower(model: SeeingModel, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tower]:
    """On a machine of two cores."""
    tower = Tower(model)
    monkeypatch.setattr(
        threads_module, "find_blas", lambda: Blas(2, tower.threads.append, lambda: 2)
    )
    monkeypatch.setattr(model.loaded.model, "features", tower, raising=False)
    yield tower
    tower.may_encode.set()


def ended(generator: Generator) -> set[str]:
    """The streams that end in the next step."""
    outputs = generator.step()
    told: list[Any] = [each for each in outputs if not isinstance(each, PrefillProgress)]
    return {each.stream_id for each in told if each.finish is not None}


def steps_until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline


def test_answers_are_those_of_mlx_vlm_and_two_towers_run_at_once(
    model: SeeingModel, tower: Tower
) -> None:
    prompts = [(image, f"Question {index}") for index, image in enumerate(IMAGES)]
    expected = [model.reference(*prompt) for prompt in prompts]
    generator = model.generator(prompt_cache_bytes=0)
    serve(generator, [model.request("first", Shown(64, 64, 9), "Question")])
    requests = [model.request(str(index), *prompt) for index, prompt in enumerate(prompts)]
    tower.may_encode.clear()
    for request in requests:
        generator.submit(request)
    steps_until(lambda: ended(generator) == set() and tower.at_once == 2)
    tower.may_encode.set()
    served = serve(generator, [])
    assert [served[str(index)].tokens for index in range(3)] == expected
    assert tower.most_at_once == 2
    assert threading.get_ident() not in tower.on


def test_other_rows_go_on_while_an_image_is_encoded(model: SeeingModel, tower: Tower) -> None:
    generator = model.generator()
    tower.may_encode.clear()
    generator.submit(model.request("seen", IMAGES[0], "What is it?"))
    generator.submit(model.request("text", "Only words."))
    steps_until(lambda: ended(generator) == {"text"})
    assert tower.at_once == 1
    tower.may_encode.set()
    steps_until(lambda: ended(generator) == {"seen"})


def test_an_image_has_all_cores_while_nothing_else_runs(model: SeeingModel, tower: Tower) -> None:
    generator = model.generator(prompt_cache_bytes=0)
    tower.may_encode.clear()
    generator.submit(model.request("alone", IMAGES[0], "What is it?"))
    steps_until(lambda: ended(generator) == set() and tower.at_once == 1)
    assert set(tower.threads) == {2}
    generator.submit(model.request("text", "Only words."))
    steps_until(lambda: ended(generator) == {"text"})
    assert set(tower.threads) == {1, 2}
    tower.may_encode.set()
    assert serve(generator, [])["alone"].tokens


def test_an_image_that_several_prompts_have_is_encoded_once(
    model: SeeingModel, tower: Tower
) -> None:
    generator = model.generator(prompt_cache_bytes=0)
    prompts = [model.request(str(number), f"{number}", IMAGES[0], "?") for number in range(4)]
    assert len(serve(generator, prompts)) == 4
    assert len(tower.encoded) == 1


def test_features_that_find_no_room_are_computed_with_their_prompt(
    model: SeeingModel, tower: Tower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlx_runtime.generation.forward.FEATURE_BYTES", 1)
    parts = (*IMAGES, "Which is the largest?")
    served = serve(model.generator(), [model.request("many", *parts)])["many"]
    assert served.tokens == model.reference(*parts)
    assert len(tower.encoded) <= 2 * len(IMAGES)


def test_a_cancelled_prompt_leaves_its_image_to_the_next_one(
    model: SeeingModel, tower: Tower
) -> None:
    generator = model.generator()
    tower.may_encode.clear()
    generator.submit(model.request("gone", IMAGES[1], "What is it?"))
    steps_until(lambda: ended(generator) == set() and tower.at_once == 1)
    generator.cancel("gone")
    assert ended(generator) == {"gone"}
    tower.may_encode.set()
    assert serve(generator, [model.request("next", IMAGES[1], "And now?")])["next"].tokens
    assert len(tower.encoded) == 1


def test_what_a_tower_raises_is_raised_by_the_step_that_waits_for_it(
    model: SeeingModel, tower: Tower, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Picture) -> Features:
        raise RuntimeError("no memory")

    monkeypatch.setattr(tower, "_own", fail)
    generator = model.generator()
    generator.submit(model.request("broken", IMAGES[2], "What is it?"))
    with pytest.raises(RuntimeError, match="no memory"):
        steps_until(lambda: bool(ended(generator)))
