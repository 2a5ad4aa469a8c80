"""How a model's directory wants its embeddings made, as sentence-transformers writes it down."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import msgspec

from ..pooling import EmbeddingTraits
from ..wire import WirePooling

POOLING_FILE = "1_Pooling/config.json"
_MODULES_FILE = "modules.json"

_POOLINGS: dict[str, WirePooling] = {"mean_tokens": "mean", "lasttoken": "last", "mean": "mean"}
_MODE_PREFIX = "pooling_mode_"
_APPLIED_MODULES = ("Transformer", "Pooling", "Normalize")


def embedding_traits(directory: Path, config: Mapping[str, Any]) -> EmbeddingTraits:
    """What cannot be honoured is a refusal: vectors made otherwise would be silently wrong."""
    if config.get("use_bidirectional_attention") or config.get("is_causal") is False:
        return EmbeddingTraits(
            refusal="it was trained to read in both directions, which mlx-lm's models do not"
        )
    for module in _modules(directory):
        if module.split(".")[-1] not in _APPLIED_MODULES:
            return EmbeddingTraits(refusal=f"its module {module!r} is not applied here")
    pooling = _read(directory / POOLING_FILE)
    if not isinstance(pooling, dict):
        return EmbeddingTraits()
    modes = _modes(cast(dict[str, Any], pooling))
    if len(modes) == 1 and modes[0] in _POOLINGS:
        return EmbeddingTraits(_POOLINGS[modes[0]])
    wanted = " and ".join(modes) or "none that is named"
    return EmbeddingTraits(refusal=f"its pooling ({wanted}) is neither the mean nor the last token")


def _modes(pooling: dict[str, Any]) -> list[str]:
    """Newer files name the mode, older ones have a flag for each."""
    named = pooling.get("pooling_mode")
    if isinstance(named, str):
        return [named]
    return [
        key.removeprefix(_MODE_PREFIX)
        for key, value in pooling.items()
        if key.startswith(_MODE_PREFIX) and value is True
    ]


def _modules(directory: Path) -> list[str]:
    modules = _read(directory / _MODULES_FILE)
    if not isinstance(modules, list):
        return []
    types = [
        cast(dict[str, Any], module).get("type")
        for module in cast(list[Any], modules)
        if isinstance(module, dict)
    ]
    return [name for name in types if isinstance(name, str)]


def _read(path: Path) -> Any:
    """None for what is not there or not JSON: most models have no such files."""
    try:
        return msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return None
