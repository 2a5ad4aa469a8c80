"""What a model directory must have, and what it must not have.

A model is data: a directory that wants its own code to run is refused before
anything of it is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import msgspec

from ..errors import MODEL_LOAD_ERROR, RpcError

_PICKLES = ("*.pkl", "*.pickle", "*.pt", "*.pth", "*.ckpt", "pytorch_model*.bin")

_ENCODERS = {
    "albert",
    "bert",
    "deberta",
    "deberta-v2",
    "distilbert",
    "electra",
    "modernbert",
    "mpnet",
    "nomic_bert",
    "roberta",
    "xlm-roberta",
}


@dataclass(frozen=True, slots=True)
class ModelDirectory:
    path: Path
    config: dict[str, Any]
    stored_bytes: int
    """Size of the weight files."""
    generation: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What generation_config.json says; empty without one."""


def load_failed(message: str) -> RpcError:
    return RpcError(MODEL_LOAD_ERROR, message, type="model_load_failed")


def open_model_directory(path: str) -> ModelDirectory:
    """Raises RpcError `model_load_failed` for anything but plain weights and JSON."""
    directory = Path(path)
    if not directory.is_dir():
        raise load_failed(f"{path} is not a directory")
    generation = _read_object(directory / "generation_config.json") or {}
    config = _read_config(directory, generation)
    _refuse_encoder(config)
    _refuse_code(directory, config)
    _refuse_pickles(directory)
    weights = list(directory.glob("model*.safetensors"))
    if not weights:
        raise load_failed(f"{path} has no model*.safetensors")
    stored_bytes = sum(file.stat().st_size for file in weights)
    return ModelDirectory(directory, config, stored_bytes, generation)


def _read_config(directory: Path, generation: Mapping[str, Any]) -> dict[str, Any]:
    config = _read_object(directory / "config.json")
    if config is None:
        raise load_failed(f"{directory} has no config.json")
    if not isinstance(config.get("model_type"), str):
        raise load_failed(f"{directory / 'config.json'} names no model_type")
    # Where it names the ends of an answer, it is the newer word; mlx-lm reads it so too.
    if generation.get("eos_token_id"):
        config["eos_token_id"] = generation["eos_token_id"]
    return config


def _refuse_encoder(config: dict[str, Any]) -> None:
    """Says what is wrong better than that a type is unknown."""
    model_type: str = config["model_type"]
    if model_type in _ENCODERS:
        raise load_failed(
            f"'{model_type}' is an encoder that reads in both directions, which mlx-lm cannot "
            "run; embeddings come from models with a language model inside, such as "
            "Qwen3-Embedding"
        )


def _refuse_code(directory: Path, config: dict[str, Any]) -> None:
    """`auto_map` alone is common and harmless; with its code beside it is not."""
    if config.get("model_file") is not None:
        raise load_failed(
            f"{directory} wants to run its own code ({config['model_file']!r}); "
            "models that bring code are not supported"
        )
    tokenizer_config = _read_object(directory / "tokenizer_config.json") or {}
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


def _refuse_pickles(directory: Path) -> None:
    pickles = sorted(file.name for pattern in _PICKLES for file in directory.glob(pattern))
    if pickles:
        raise load_failed(
            f"{directory} has pickled weights ({', '.join(pickles)}), which can run code: "
            "remove them, safetensors are enough"
        )


def _read_object(path: Path) -> dict[str, Any] | None:
    """None when there is no such file."""
    try:
        content = msgspec.json.decode(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError, RecursionError) as error:
        raise load_failed(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise load_failed(f"{path} is not a JSON object")
    return cast(dict[str, Any], content)
