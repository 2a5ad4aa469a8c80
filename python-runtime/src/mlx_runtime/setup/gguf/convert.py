"""A GGUF file, or several that belong together, into a model directory that mlx-lm loads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from ..staging import staged_directory
from .completeness import require_complete
from .config import model_config
from .names import family_of
from .parts import read_whole
from .shards import Shards
from .tokenizer import tokenizer_config, tokenizer_json
from .weights import bits_of, converted, dtype_name, main_dtype, quantization

Report = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""


def convert_gguf(
    source: Path, target: Path, report: Report = lambda _, __: None, *, packed: bool = True
) -> None:
    """Writes config, tokenizer and weights of `source` to `target`, whole or not at all.

    `packed`: blocks that MLX knows (Q4_0, Q4_1, Q8_0) stay as they are; all else becomes dense,
    which is exact but for the rounding to 16 bits. Raises GgufError for what is not known.
    """
    file = read_whole(source)
    metadata, tensors = file.metadata, file.tensors
    family = family_of(metadata.architecture)
    require_complete(tensors, metadata.integer(metadata.own("block_count")))
    bits = bits_of(tensors, family) if packed else {}
    config = model_config(metadata, family, tensors, dtype_name(main_dtype(tensors)))
    held = quantization(bits)
    documents = {
        "config.json": config if held is None else {**config, "quantization": held},
        "tokenizer.json": tokenizer_json(metadata),
        "tokenizer_config.json": tokenizer_config(metadata),
    }
    total = sum(tensor.data.size for tensor in tensors.values())
    done = 0
    with staged_directory(target) as directory:
        for name, document in documents.items():
            text = json.dumps(document, ensure_ascii=False, indent=2)
            (directory / name).write_text(text + "\n", encoding="utf-8")
        with Shards(directory, lambda _: None) as shards:
            for tensor, stored in converted(tensors, metadata, family, packed=packed):
                shards.add(stored)
                done += tensor.data.size
                report(done, total)
