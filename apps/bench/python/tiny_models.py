"""Write several llamas of two small layers with random weights, whose tokens are bytes.

usage: tiny_models.py DESTINATION COUNT
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, cast

import mlx.core as mx
from mlx.utils import tree_flatten
from mlx_lm.models.llama import Model, ModelArgs
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

END = "<|end|>"
TEMPLATE = "{% for message in messages %}{{ message.content }}\n{% endfor %}"
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
}


def byte_tokenizer() -> Tokenizer:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: place for place, letter in enumerate(letters)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(END, special=True)])
    return tokenizer


def main(destination: str, count: str) -> None:
    tokenizer = byte_tokenizer()
    config = {
        **CONFIG,
        "vocab_size": tokenizer.get_vocab_size(),
        "eos_token_id": tokenizer.token_to_id(END),
    }
    for number in range(int(count)):
        mx.random.seed(number)
        directory = Path(destination) / f"tiny-{number:02d}"
        directory.mkdir(parents=True)
        model = Model(ModelArgs.from_dict(config))
        weights = dict(cast("list[tuple[str, mx.array]]", tree_flatten(model.parameters())))
        mx.save_safetensors(str(directory / "model.safetensors"), weights)
        (directory / "config.json").write_text(json.dumps(config))
        tokenizer.save(str(directory / "tokenizer.json"))
        (directory / "tokenizer_config.json").write_text(json.dumps({"eos_token": END}))
        (directory / "chat_template.jinja").write_text(TEMPLATE)


if __name__ == "__main__":
    main(*sys.argv[1:])
