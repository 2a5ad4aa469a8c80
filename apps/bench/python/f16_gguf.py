"""Write the llama of a directory as one GGUF file in 16 bits.

usage: f16_gguf.py DIRECTORY FILE
"""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np
from mlx.utils import tree_flatten
from mlx_lm.utils import dequantize_model, load_model
from mlx_runtime.setup.gguf.names import FAMILIES

ALIGNMENT = 32
F32, F16 = 0, 1
UINT32, INT32, FLOAT32, STRING, ARRAY = 4, 5, 6, 8, 9
NORMAL, CONTROL = 1, 3


def main(source: str, destination: str) -> None:
    directory = Path(source)
    model: Any = dequantize_model(load_model(directory)[0])
    weights: list[tuple[str, mx.array]] = tree_flatten(model.parameters())
    tensors = {gguf_name(name): value.astype(mx.float32) for name, value in weights}
    data = {name: encoded(name, value) for name, value in tensors.items()}
    infos, offset = b"", 0
    for name, value in tensors.items():
        shape = value.shape[::-1]
        kind = F32 if value.ndim == 1 else F16
        infos += text(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
        infos += struct.pack("<IQ", kind, offset)
        offset += len(data[name])
    pairs = metadata(directory)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs))
    head += b"".join(text(key) + packed(value) for key, value in pairs.items()) + infos
    with Path(destination).open("wb") as file:
        file.write(padded(head))
        file.writelines(data.values())


def gguf_name(name: str) -> str:
    module, _, end = name.rpartition(".")
    family = FAMILIES["llama"]
    if module.startswith("model.layers."):
        _, _, layer, part = module.split(".", 3)
        theirs = {ours: gguf for gguf, ours in family.layer_names.items()}
        return f"blk.{layer}.{theirs[part]}.{end}"
    return {"model.embed_tokens": "token_embd", "model.norm": "output_norm"}[module] + f".{end}"


def encoded(name: str, value: mx.array) -> bytes:
    numbers = np.array(value, np.float32)
    if name.endswith((".attn_q.weight", ".attn_k.weight")):
        # Pairs of a head that rotate together lie next to each other, whatever the head's size
        # is here: only how much is moved counts.
        rows, columns = numbers.shape
        numbers = numbers.reshape(rows // 64, 2, 32, columns).swapaxes(1, 2)
    return padded(numbers.astype("<f4" if value.ndim == 1 else "<f2").tobytes())


def metadata(directory: Path) -> dict[str, Any]:
    config = json.loads((directory / "config.json").read_text())
    tokenizer = json.loads((directory / "tokenizer.json").read_text())
    special = {entry["content"]: entry["id"] for entry in tokenizer["added_tokens"]}
    places = {**tokenizer["model"]["vocab"], **special}
    tokens = sorted(places, key=lambda token: places[token])
    merges = [
        merge if isinstance(merge, str) else " ".join(merge)
        for merge in tokenizer["model"]["merges"]
    ]
    heads = config["num_attention_heads"]
    return {
        "general.architecture": "llama",
        "llama.embedding_length": config["hidden_size"],
        "llama.feed_forward_length": config["intermediate_size"],
        "llama.block_count": config["num_hidden_layers"],
        "llama.attention.head_count": heads,
        "llama.attention.head_count_kv": config["num_key_value_heads"],
        "llama.attention.layer_norm_rms_epsilon": config["rms_norm_eps"],
        "llama.rope.dimension_count": config["hidden_size"] // heads,
        "llama.rope.freq_base": float(config["rope_theta"]),
        "llama.context_length": config["max_position_embeddings"],
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "smollm",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [CONTROL if it in special else NORMAL for it in tokens],
        "tokenizer.ggml.merges": merges,
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.chat_template": chat_template(directory),
    }


def chat_template(directory: Path) -> str:
    file = directory / "chat_template.jinja"
    if file.exists():
        return file.read_text()
    return json.loads((directory / "tokenizer_config.json").read_text())["chat_template"]


def packed(value: Any) -> bytes:
    if isinstance(value, str):
        return struct.pack("<I", STRING) + text(value)
    if isinstance(value, float):
        return struct.pack("<If", FLOAT32, value)
    if isinstance(value, int):
        return struct.pack("<II", UINT32, value)
    kind = STRING if isinstance(value[0], str) else INT32
    items = [text(item) if isinstance(item, str) else struct.pack("<i", item) for item in value]
    return struct.pack("<IIQ", ARRAY, kind, len(value)) + b"".join(items)


def text(value: str) -> bytes:
    content = value.encode()
    return struct.pack("<Q", len(content)) + content


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % ALIGNMENT)


if __name__ == "__main__":
    main(*sys.argv[1:])
