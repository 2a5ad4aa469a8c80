"""One GGUF file into a model directory that mlx-lm loads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import mlx.core as mx

from .gguf_config import model_config
from .gguf_metadata import GgufMetadata, Value
from .gguf_tensors import convert_tensors
from .gguf_tokenizer import tokenizer_config, tokenizer_json
from .staging import staged_directory


def convert_gguf(source: Path, target: Path) -> None:
    """Write config, tokenizer and quantised safetensors of `source` to `target`.

    Nothing is requantised: MLX reads GGUF blocks of 32 weights as its own
    affine quantisation. Raises `GgufError` for other model families.
    """
    loaded = mx.load(str(source), format="gguf", return_metadata=True)
    tensors, values = cast("tuple[dict[str, mx.array], dict[str, Value]]", loaded)
    metadata = GgufMetadata(values)
    converted = convert_tensors(tensors, metadata)
    documents = {
        "config.json": model_config(metadata, converted),
        "tokenizer.json": tokenizer_json(metadata),
        "tokenizer_config.json": tokenizer_config(metadata),
    }
    with staged_directory(target) as directory:
        for name, document in documents.items():
            text = json.dumps(document, ensure_ascii=False, indent=2)
            (directory / name).write_text(text + "\n", encoding="utf-8")
        weights = str(directory / "model.safetensors")
        mx.save_safetensors(weights, converted, metadata={"format": "mlx"})
