"""What a model directory must have, and what it must not have.

A model is data: a directory that wants its own code to run is refused before
anything of it is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from .encoders.configuration import ENCODERS
from .weight_files import (
    load_failed,
    read_object,
    refuse_pointer,
    weight_files,
    what_it_is_instead,
)

_OTHER_ENCODERS = {
    "albert",
    "camembert",
    "deberta",
    "deberta-v2",
    "distilbert",
    "electra",
    "mpnet",
    "nomic_bert",
}


@dataclass(frozen=True, slots=True)
class ModelDirectory:
    path: Path
    config: dict[str, Any]
    weight_files: Sequence[Path]
    stored_bytes: int
    """Size of the weight files."""
    generation: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What generation_config.json says; empty without one."""


def open_model_directory(path: str) -> ModelDirectory:
    """Raises RpcError `model_load_failed` for anything but plain weights and JSON."""
    directory = Path(path)
    if not directory.is_dir():
        raise load_failed(f"{path} is not a directory")
    generation = read_object(directory / "generation_config.json") or {}
    config = _read_config(directory, generation)
    _refuse_encoder(config)
    _refuse_code(directory, config)
    _refuse_pointers(directory)
    weights = tuple(weight_files(directory))
    stored_bytes = sum(file.stat().st_size for file in weights)
    return ModelDirectory(directory, config, weights, stored_bytes, generation)


def _read_config(directory: Path, generation: Mapping[str, Any]) -> dict[str, Any]:
    config = read_object(directory / "config.json")
    if config is None:
        raise load_failed(f"{directory} has no config.json{what_it_is_instead(directory)}")
    if not isinstance(config.get("model_type"), str):
        raise load_failed(f"{directory / 'config.json'} names no model_type")
    # Where it names the ends of an answer, it is the newer word; mlx-lm reads it so too.
    if generation.get("eos_token_id") is not None:
        config["eos_token_id"] = generation["eos_token_id"]
    return config


def _refuse_encoder(config: dict[str, Any]) -> None:
    """Says what is wrong better than that a type is unknown."""
    model_type: str = config["model_type"]
    if model_type in _OTHER_ENCODERS:
        raise load_failed(
            f"'{model_type}' is an encoder of a kind that is not known here; embeddings come from "
            f"models of the types {', '.join(sorted(ENCODERS))}, from EmbeddingGemma, and from "
            "those with a language model inside, such as Qwen3-Embedding"
        )


def _refuse_code(directory: Path, config: dict[str, Any]) -> None:
    """`auto_map` alone is common and harmless; with its code beside it is not."""
    if config.get("model_file") is not None:
        raise load_failed(
            f"{directory} wants to run its own code ({config['model_file']!r}); "
            "models that bring code are not supported"
        )
    tokenizer_config = read_object(directory / "tokenizer_config.json") or {}
    mapped = [*_auto_map(config), *_auto_map(tokenizer_config)]
    code = sorted(file.name for file in directory.rglob("*.py"))
    remote = [reference for reference in mapped if "--" in reference]
    if mapped and (code or remote):
        raise load_failed(
            f"{directory} maps its classes to code ({', '.join(code or remote)}); "
            "models that bring code are not supported: remove the code if mlx-lm knows the model"
        )


def _auto_map(config: dict[str, Any]) -> list[str]:
    mapping = config.get("auto_map")
    if not isinstance(mapping, dict):
        return []
    references: list[str] = []
    for value in cast(dict[str, Any], mapping).values():
        values = cast(list[Any], value) if isinstance(value, list) else [value]
        references += [reference for reference in values if isinstance(reference, str)]
    return references


def _refuse_pointers(directory: Path) -> None:
    """Tokenizers are among the files that Git keeps elsewhere."""
    for name in ("tokenizer.json", "tokenizer.model"):
        path = directory / name
        if path.is_file():
            with path.open("rb") as file:
                refuse_pointer(path, file.read(100))
