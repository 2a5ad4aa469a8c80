"""A GGUF file's metadata as the config.json mlx-lm reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import mlx.core as mx

from .gguf_metadata import GgufError, GgufMetadata
from .gguf_tensors import GROUP_SIZE, quantized_bits

Config = dict[str, object]


def model_config(metadata: GgufMetadata, tensors: Mapping[str, mx.array]) -> Config:
    """config.json of a llama model; `tensors` carry their converted names."""
    architecture = metadata.text("general.architecture")
    if architecture != "llama":
        raise GgufError(f"GGUF architecture '{architecture}' is not supported, only 'llama'")
    hidden_size = metadata.integer("llama.embedding_length")
    heads = metadata.integer("llama.attention.head_count")
    config: Config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "hidden_size": hidden_size,
        "intermediate_size": metadata.integer("llama.feed_forward_length"),
        "num_hidden_layers": metadata.integer("llama.block_count"),
        "num_attention_heads": heads,
        "num_key_value_heads": metadata.integer("llama.attention.head_count_kv"),
        "head_dim": metadata.integer("llama.rope.dimension_count", hidden_size // heads),
        "max_position_embeddings": metadata.integer("llama.context_length"),
        "rms_norm_eps": metadata.number("llama.attention.layer_norm_rms_epsilon"),
        "rope_theta": metadata.number("llama.rope.freq_base", 10000.0),
        "vocab_size": tensors["model.embed_tokens.weight"].shape[0],
        "tie_word_embeddings": "lm_head.weight" not in tensors,
        "bos_token_id": metadata.integer("tokenizer.ggml.bos_token_id"),
        "eos_token_id": metadata.integer("tokenizer.ggml.eos_token_id"),
        "torch_dtype": "float16",
    }
    quantization = _quantization(tensors)
    return {**config, "quantization": quantization} if quantization else config


def _quantization(tensors: Mapping[str, mx.array]) -> Config | None:
    """The commonest width for all, then every module that differs from it."""
    bits = quantized_bits(tensors)
    if not bits:
        return None
    common = Counter(bits.values()).most_common(1)[0][0]
    exceptions = {
        module: {"group_size": GROUP_SIZE, "bits": width}
        for module, width in sorted(bits.items())
        if width != common
    }
    return {"group_size": GROUP_SIZE, "bits": common, **exceptions}
