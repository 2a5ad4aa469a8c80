"""Writes a model directory that loads in an instant: one random llama layer, 4-bit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import mlx.core as mx

WIDTH = 64
VOCABULARY = 49_152
"""That of the default model, whose tokenizer the directory borrows."""

_CONFIG = {
    "model_type": "llama",
    "hidden_size": WIDTH,
    "intermediate_size": WIDTH,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "rms_norm_eps": 1e-5,
    "vocab_size": VOCABULARY,
    "max_position_embeddings": 512,
    "tie_word_embeddings": True,
    "eos_token_id": 2,
    "quantization": {"group_size": 32, "bits": 4},
}

_MATRICES = {
    "embed_tokens": (VOCABULARY, WIDTH),
    "layers.0.self_attn.q_proj": (WIDTH, WIDTH),
    "layers.0.self_attn.k_proj": (WIDTH // 2, WIDTH),
    "layers.0.self_attn.v_proj": (WIDTH // 2, WIDTH),
    "layers.0.self_attn.o_proj": (WIDTH, WIDTH),
    "layers.0.mlp.gate_proj": (WIDTH, WIDTH),
    "layers.0.mlp.up_proj": (WIDTH, WIDTH),
    "layers.0.mlp.down_proj": (WIDTH, WIDTH),
}
_NORMS = ("layers.0.input_layernorm", "layers.0.post_attention_layernorm", "norm")


def write_tiny_model(
    directory: Path,
    tokenizer_of: Path,
    *,
    norm: float = 1.0,
    prefix: str = "model.",
    further_norms: Mapping[str, int] | None = None,
    **config: object,
) -> Path:
    """Links the tokenizer of another model directory; returns `directory`.

    `further_norms`: widths of norms that other families have.
    """
    norms = dict.fromkeys(_NORMS, WIDTH) | dict(further_norms or {})
    weights = {f"{prefix}{name}.weight": mx.full((width,), norm) for name, width in norms.items()}
    for seed, (name, shape) in enumerate(_MATRICES.items()):
        dense = mx.random.normal(shape, key=mx.random.key(seed)) * 0.2
        parts = mx.quantize(dense, group_size=32, bits=4)
        for part, value in zip(("weight", "scales", "biases"), parts, strict=True):
            weights[f"{prefix}{name}.{part}"] = value
    mx.save_safetensors(str(directory / "model.safetensors"), weights)  # pyright: ignore[reportUnknownMemberType]
    (directory / "config.json").write_text(json.dumps(_CONFIG | config))
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (directory / name).symlink_to(tokenizer_of / name)
    return directory
