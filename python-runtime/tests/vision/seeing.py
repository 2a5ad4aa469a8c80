"""A tiny model that sees, prompts with images for it, and what mlx-vlm itself says to them."""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import mlx.core as mx
import numpy as np

from generation.serving import greedy
from mlx_runtime.answers.detect_traits import answer_traits
from mlx_runtime.generation import Generator, generator_for
from mlx_runtime.model.device import describe_device
from mlx_runtime.model.directory import open_model_directory
from mlx_runtime.model.loader import LoadedModel, load_model
from mlx_runtime.model.vision import image_token_id, vision_folder
from mlx_runtime.model.weights import Policy
from mlx_runtime.requests import Request
from mlx_runtime.serving.images import Sight
from mlx_runtime.serving.input_processor import InputProcessor
from mlx_runtime.serving.model_text import read_model_text
from mlx_runtime.vision.families import counts_grids
from mlx_runtime.vision.picture import Picture
from mlx_runtime.vision.processor_config import processor_options
from mlx_runtime.vision.reader import ImageReader
from mlx_runtime.vision.reader_process import Preparation, Prepare
from mlx_runtime.wire import (
    LoadParams,
    WireBatching,
    WireMessage,
    WireMessageParts,
    WirePromptChat,
)

ANSWER = 10
"""Tokens of an answer."""


@dataclass(frozen=True)
class Shown:
    """An image of a prompt: noise of this size."""

    width: int
    height: int
    seed: int


Part = str | Shown


def png_of(image: Shown) -> bytes:
    pillow: Any = importlib.import_module("PIL.Image")
    noise = np.random.default_rng(image.seed).integers(0, 255, (6, 6, 3), dtype=np.uint8)
    large = pillow.fromarray(noise).resize((image.width, image.height))
    file = io.BytesIO()
    large.save(file, "PNG")
    return file.getvalue()


def _ignore(done: int, total: int) -> None:
    """Nobody waits for the weights."""
    del done, total


class ReaderHere(ImageReader):
    """Reads images in the test's own process, which starts sooner than another."""

    def _ask(self, content: bytes, options: dict[str, Any]) -> dict[str, Any]:
        return Prepare(self._preparation)(content, options)


class SeeingModel:
    def __init__(self, directory: Path, *, weights: Policy = "auto") -> None:
        opened = open_model_directory(str(directory))
        params = LoadParams(model_id="tiny", path=str(directory), vision=True, weights=weights)
        self.loaded: LoadedModel = load_model(opened, params, describe_device(), _ignore)
        assert not isinstance(self.loaded.sight, str)
        folder = vision_folder()
        assert folder is not None
        options = processor_options(directory)
        self.reader = ReaderHere(self.loaded.sight, self.loaded.config, options, folder)
        self.sight = Sight(
            self.loaded.sight,
            image_token_id(self.loaded.config),
            counts_grids(self.loaded.config),
            self.reader,
        )
        text = read_model_text(opened).loaded
        self.processor = InputProcessor(
            text.tokenizer, answer_traits(text), eos_tokens=(), has_grammars=False, sight=self.sight
        )
        self._preparation = Preparation(
            str(folder), *self.loaded.sight.processor, {**options, **self.loaded.sight.options}
        )

    def generator(self, **batching: int) -> Generator:
        return generator_for(
            self.loaded.model,
            eos_token_ids=(),
            vocab_size=self.loaded.vocab_size,
            context_length=self.loaded.context_length,
            batching=WireBatching(**batching),
            sees=True,
        )

    def request(self, stream_id: str, *parts: Part, **options: Any) -> Request:
        pictures = [self.reader.read(png_of(part)) for part in parts if isinstance(part, Shown)]
        tokens = self.tokens(parts, pictures)
        return Request(
            stream_id,
            tokens,
            greedy(ANSWER),
            pictures=self.processor.place(pictures, tokens),
            **options,
        )

    def tokens(self, parts: Sequence[Part], pictures: Sequence[Picture]) -> list[int]:
        return list(self.processor.encode(prompt_of(parts), None, pictures))

    def reference(self, *parts: Part, model: Any = None) -> list[int]:
        """What mlx-vlm's own generation answers, with the weights of this model or of another."""
        sys.modules.setdefault("requests", ModuleType("requests"))
        mlx_vlm: Any = importlib.import_module("mlx_vlm.generate")

        request = self.request("reference", *parts)
        ids = mx.array([list(request.prompt_tokens)])
        pixels, facts = self._all_pixels([part for part in parts if isinstance(part, Shown)])
        inner = model or self.loaded.model._model
        inner.language_model._rope_deltas = inner.language_model._position_ids = None
        steps = mlx_vlm.generate_step(
            ids, inner, pixels, mx.ones(ids.shape), temperature=0, max_tokens=ANSWER, **facts
        )
        return [int(token) for token, _ in steps]

    def _all_pixels(self, images: Sequence[Shown]) -> tuple[mx.array | None, dict[str, mx.array]]:
        """As the family's processor gives several images at once."""
        if not images:
            return None, {}
        pillow: Any = importlib.import_module("PIL.Image")
        processor: Any = Prepare(self._preparation).processor({})
        files = [pillow.open(io.BytesIO(png_of(image))).convert("RGB") for image in images]
        prepared: Any = processor(images=files, return_tensors="np")
        facts = {
            name: mx.array(np.asarray(value))
            for name, value in prepared.items()
            if name not in ("pixel_values", "rows", "cols", "num_crops")
        }
        return mx.array(np.asarray(prepared["pixel_values"], dtype=np.float32)), facts


def prompt_of(parts: Sequence[Part]) -> WirePromptChat:
    """As requests with images are handed on: with their numbers."""
    images = iter(range(len(parts)))
    pieces = tuple(
        WireMessageParts(text=part)
        if isinstance(part, str)
        else WireMessageParts(text="", image=str(next(images)))
        for part in parts
    )
    return WirePromptChat(messages=(WireMessage(role="user", content=None, parts=pieces),))
