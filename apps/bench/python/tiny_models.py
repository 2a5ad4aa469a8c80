"""Write several llamas of two small layers with random weights and another model's tokenizer.

usage: tiny_models.py TOKENIZER_DIRECTORY DESTINATION COUNT
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any, cast

import mlx.core as mx
from mlx.utils import tree_flatten
from mlx_lm.models.llama import Model, ModelArgs

CONFIG: dict[str, Any] = {
    "model_type": "llama",
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "intermediate_size": 128,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 32,
    "rms_norm_eps": 1e-5,
    "max_position_embeddings": 4096,
    "rope_theta": 10_000,
    "tie_word_embeddings": True,
    "eos_token_id": 2,
}


def main(tokenizer: str, destination: str, count: str) -> None:
    vocabulary = json.loads((Path(tokenizer) / "config.json").read_text())["vocab_size"]
    config = {**CONFIG, "vocab_size": vocabulary}
    for number in range(int(count)):
        mx.random.seed(number)
        directory = Path(destination) / f"tiny-{number:02d}"
        directory.mkdir(parents=True)
        model = Model(ModelArgs.from_dict(config))
        weights = dict(cast("list[tuple[str, mx.array]]", tree_flatten(model.parameters())))
        mx.save_safetensors(str(directory / "model.safetensors"), weights)
        (directory / "config.json").write_text(json.dumps(config))
        for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
            if (Path(tokenizer) / name).exists():
                shutil.copy(Path(tokenizer) / name, directory)


if __name__ == "__main__":
    main(*sys.argv[1:])
