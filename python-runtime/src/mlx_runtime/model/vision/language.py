"""A model of mlx-vlm as our batch runs it: tokens, or embeddings where images stand, to logits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import mlx.core as mx
from mlx_lm.models import cache as mlx_lm_caches

from ...vision.families import counts_grids
from ...vision.picture import Picture
from ..cpu import computing_at_once
from ..weight_files import load_failed

_ROTATING = "RotatingKVCache"


@dataclass(frozen=True, slots=True)
class Features:
    """What the vision tower made of one image."""

    tokens: mx.array
    """(image's tokens, size): stand in the place of embeddings."""
    deepstack: Sequence[mx.array] = ()
    """Of each early layer what is added behind it, (image's tokens, size)."""

    @property
    def nbytes(self) -> int:
        return self.tokens.nbytes + sum(layer.nbytes for layer in self.deepstack)


def image_token_id(config: Mapping[str, Any]) -> int:
    """What stands for each feature of an image."""
    for name in ("image_token_id", "image_token_index"):
        if isinstance(config.get(name), int):
            return int(config[name])
    raise load_failed("config.json names no image_token_id")


def seeing_model(model: Any, config: Mapping[str, Any]) -> VisionLanguageModel:
    """`model`: of mlx-vlm, from `vision_classes`."""
    return VisionLanguageModel(model, image_token_id(config), counts_grids=counts_grids(config))


class VisionLanguageModel:
    """Keeps nothing between calls: where a row stands is told by its caches and positions."""

    def __init__(self, model: Any, image_token_id: int, *, counts_grids: bool) -> None:
        """`counts_grids`: positions have three dimensions, see `vision.positions`."""
        self._model = model
        self.image_token_id = image_token_id
        self.counts_grids = counts_grids

    @property
    def layers(self) -> Sequence[Any]:
        return self._model.layers

    def make_cache(self) -> list[Any]:
        """Caches of mlx-lm of the kinds that mlx-vlm would use."""
        language: Any = self._model.language_model
        if not hasattr(language, "make_cache"):
            return [mlx_lm_caches.KVCache() for _ in self.layers]
        return [_of_mlx_lm(cache) for cache in language.make_cache()]

    def __call__(
        self,
        inputs: mx.array,
        cache: Any = None,
        *,
        embeddings: mx.array | None = None,
        deepstack: Sequence[mx.array] = (),
        positions: mx.array | None = None,
    ) -> mx.array:
        """Token ids (rows, tokens) to logits (rows, tokens, vocabulary).

        `embeddings`: (rows, tokens, size), as `embed` gives them, images in their places.
        `deepstack`: (rows, tokens, size) for each early layer, zeros where there is no image.
        `positions`: (3, rows, tokens); None: text that counts on from what the caches hold.
        """
        language: Any = self._model.language_model
        if not self.counts_grids:
            return language(inputs, inputs_embeds=embeddings, cache=cache).logits
        if positions is None:
            positions = text_positions(cache, inputs.shape[1], 0)
        more: dict[str, Any] = {}
        if deepstack:
            # Each token counts as one with an image: where there is none, zeros are added.
            more = {
                "visual_pos_masks": mx.ones(inputs.shape, dtype=mx.bool_),
                "deepstack_visual_embeds": [
                    layer.reshape(-1, layer.shape[-1]) for layer in deepstack
                ],
            }
        states = language.model(
            inputs, inputs_embeds=embeddings, cache=cache, position_ids=positions, **more
        )
        if language.args.tie_word_embeddings:
            return language.model.embed_tokens.as_linear(states)
        return language.lm_head(states)

    def embed(self, inputs: mx.array) -> mx.array:
        """(rows, tokens) to (rows, tokens, size); the caller may write into it."""
        # Some models scale what they are given in place.
        return mx.array(self._model.get_input_embeddings(inputs).inputs_embeds)

    def features(self, picture: Picture) -> Features:
        """Runs the vision tower over one image."""
        ids = mx.full((1, picture.num_tokens), self.image_token_id, dtype=mx.int32)
        facts = {name: mx.array(fact) for name, fact in _for_model(picture.facts).items()}
        with computing_at_once():
            found: Any = self._model.get_input_embeddings(
                ids, mx.array(cast("Any", picture.pixels)), mask=mx.ones(ids.shape), **facts
            )
        deepstack = found.deepstack_visual_embeds
        return Features(found.inputs_embeds[0], () if deepstack is None else tuple(deepstack))


def text_positions(cache: Any, tokens: int, shift: int | mx.array) -> mx.array:
    """(3, rows, tokens): each token's place in its row, and `shift`, (rows,) or one for all."""
    begin: Any = 0 if cache is None else cache[0].offset
    first = mx.array(begin).reshape(-1) + shift
    positions = first[:, None] + mx.arange(tokens)
    return mx.broadcast_to(positions, (3, *positions.shape))


def _of_mlx_lm(cache: Any) -> Any:
    if type(cache).__name__ == _ROTATING:
        return mlx_lm_caches.RotatingKVCache(max_size=cache.max_size, keep=cache.keep)
    return mlx_lm_caches.KVCache()


def _for_model(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Without what only a prompt's layout needs."""
    return {name: fact for name, fact in facts.items() if name not in ("rows", "cols", "num_crops")}
