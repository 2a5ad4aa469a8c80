"""A llama of two layers, written as a GGUF file, with the tensors it stands for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers.pre_tokenizers import ByteLevel

from .gguf_file import Floats, Tensor, Value, eight_bit, four_bit, plain, write_gguf

HIDDEN, INNER, LAYERS, HEADS, KV_HEADS = 64, 96, 2, 4, 2
HEAD = HIDDEN // HEADS
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
MERGES = ["h e", "l l", "he ll", "hell o", "Ġ w"]
TOKENS = [*SPECIAL, *sorted(ByteLevel.alphabet()), *(merge.replace(" ", "") for merge in MERGES)]
TEMPLATE = "{% for m in messages %}<|im_start|>{{ m['content'] }}<|im_end|>{% endfor %}"


@dataclass(frozen=True)
class TinyLlama:
    path: Path
    weights: dict[str, Floats]
    """By mlx-lm's names, decoded, with rows in mlx-lm's order."""


def write_tiny_llama(
    path: Path,
    changes: dict[str, Value] | None = None,
    encode: Callable[[Floats], Tensor] = four_bit,
) -> TinyLlama:
    """`encode`: how matrices are stored; other than in four bits the embedding is, too."""
    random = np.random.default_rng(7)
    tensors: dict[str, Tensor] = {}
    weights: dict[str, Floats] = {}

    def add(gguf: str, name: str, tensor: Tensor, heads: int | None = None) -> None:
        weights[name] = tensor.decoded
        tensors[gguf] = tensor if heads is None else _permuted(tensor.decoded, heads, encode)

    def matrix(rows: int, columns: int) -> Tensor:
        return encode(random.normal(0, 0.3, (rows, columns)).astype(np.float32))

    def norm() -> Tensor:
        # Values that 16 bits hold exactly.
        return plain((random.integers(32, 96, HIDDEN) / 64).astype(np.float32))

    embedding = random.normal(0, 1, (len(TOKENS), HIDDEN)).astype(np.float32)
    add(
        "token_embd.weight",
        "model.embed_tokens.weight",
        eight_bit(embedding) if encode is four_bit else encode(embedding),
    )
    add("output_norm.weight", "model.norm.weight", norm())
    for layer in range(LAYERS):
        ours, theirs = f"model.layers.{layer}", f"blk.{layer}"
        attention, mlp = f"{ours}.self_attn", f"{ours}.mlp"
        add(f"{theirs}.attn_norm.weight", f"{ours}.input_layernorm.weight", norm())
        add(f"{theirs}.ffn_norm.weight", f"{ours}.post_attention_layernorm.weight", norm())
        query, key = matrix(HIDDEN, HIDDEN), matrix(KV_HEADS * HEAD, HIDDEN)
        add(f"{theirs}.attn_q.weight", f"{attention}.q_proj.weight", query, HEADS)
        add(f"{theirs}.attn_k.weight", f"{attention}.k_proj.weight", key, KV_HEADS)
        value = matrix(KV_HEADS * HEAD, HIDDEN)
        add(f"{theirs}.attn_v.weight", f"{attention}.v_proj.weight", value)
        add(f"{theirs}.attn_output.weight", f"{attention}.o_proj.weight", matrix(HIDDEN, HIDDEN))
        add(f"{theirs}.ffn_gate.weight", f"{mlp}.gate_proj.weight", matrix(INNER, HIDDEN))
        add(f"{theirs}.ffn_up.weight", f"{mlp}.up_proj.weight", matrix(INNER, HIDDEN))
        add(f"{theirs}.ffn_down.weight", f"{mlp}.down_proj.weight", matrix(HIDDEN, INNER))
    write_gguf(path, {**_METADATA, **(changes or {})}, tensors)
    return TinyLlama(path, weights)


def _permuted(values: Floats, heads: int, encode: Callable[[Floats], Tensor]) -> Tensor:
    """The order llama.cpp's converter gives the rows of queries and keys."""
    rows, columns = values.shape
    halves = values.reshape(heads, 2, rows // heads // 2, columns)
    return encode(halves.swapaxes(1, 2).reshape(rows, columns))


_METADATA: dict[str, Value] = {
    "general.architecture": "llama",
    "llama.embedding_length": HIDDEN,
    "llama.feed_forward_length": INNER,
    "llama.block_count": LAYERS,
    "llama.attention.head_count": HEADS,
    "llama.attention.head_count_kv": KV_HEADS,
    "llama.attention.layer_norm_rms_epsilon": 1e-5,
    "llama.rope.dimension_count": HEAD,
    "llama.rope.freq_base": 10000.0,
    "llama.context_length": 128,
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "smollm",
    "tokenizer.ggml.tokens": TOKENS,
    "tokenizer.ggml.token_type": [3] * len(SPECIAL) + [1] * (len(TOKENS) - len(SPECIAL)),
    "tokenizer.ggml.merges": MERGES,
    "tokenizer.ggml.bos_token_id": 1,
    "tokenizer.ggml.eos_token_id": 2,
    "tokenizer.ggml.unknown_token_id": 0,
    "tokenizer.ggml.add_bos_token": False,
    "tokenizer.chat_template": TEMPLATE,
}
