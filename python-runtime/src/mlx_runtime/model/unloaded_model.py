"""What a model is like, without reading its weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .directory import ModelDirectory, load_failed
from .encoders import is_encoder
from .loader import failing_to_load, open_lazily
from .shape import context_length, vocabulary_size


@dataclass(frozen=True, slots=True)
class UnloadedModel:
    model: Any
    """An mlx-lm model whose weights are still on disk."""
    architecture: str
    vocab_size: int
    context_length: int
    parameter_count: int
    has_lm_head: bool


def read_unloaded(directory: ModelDirectory) -> UnloadedModel:
    """Must run on the generation thread; raises RpcError `model_load_failed`."""
    with failing_to_load(directory.path, directory.config):
        if is_encoder(directory.config):
            raise load_failed(
                f"'{directory.config['model_type']}' is an encoder, which generates nothing"
            )
        from mlx_lm import utils

        mlx_lm: Any = utils
        model, config, has_lm_head = open_lazily(directory)
        vocab_size = vocabulary_size(config)
        if vocab_size is None:
            raise load_failed(f"{directory.path / 'config.json'} names no vocab_size")
        return UnloadedModel(
            model,
            str(config["model_type"]),
            vocab_size,
            context_length(config),
            int(mlx_lm.get_total_parameters(model)),
            has_lm_head,
        )
