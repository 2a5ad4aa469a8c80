"""Generators with adapters, and requests for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mlx_runtime.generation import Generator, generator_for
from mlx_runtime.model.adapters import AdapterSet, open_adapter_directory, read_adapter
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching

from ..models import VOCABULARY
from ..serving import greedy

TOKENS = 10


def serving(model: Any, directories: Sequence[Path], **options: Any) -> Generator:
    """A generator whose requests may name the adapters by their directories' names."""
    adapters = AdapterSet(model)
    generator = generator_for(
        model,
        eos_token_ids=(),
        vocab_size=VOCABULARY,
        context_length=2048,
        batching=WireBatching(),
        adapters=adapters,
        **options,
    )
    for path in directories:
        directory = open_adapter_directory(str(path))
        generator.adapter_slot.add(adapters.read(path.name, directory.key, read_adapter(directory)))
    return generator


def asking(stream: str, prompt: list[int], adapter: str | None, **options: Any) -> Request:
    return Request(stream, prompt, greedy(TOKENS), adapter=adapter, **options)
