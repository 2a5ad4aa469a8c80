"""A GGUF file's metadata as the config.json that mlx-lm reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import GgufError
from .metadata import Metadata
from .names import Family
from .reader import Tensor
from .rope import rope_scaling

_ENDS_OF_TURNS = ("<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|eom_id|>")
_CONTROL_TOKEN = 3
_GEMMA_27B_LAYERS = {"gemma2": 46, "gemma3": 62}
_SLIDING_PATTERN = 6
_LOCAL_BASE = 10_000.0


def model_config(
    metadata: Metadata, family: Family, tensors: Mapping[str, Tensor], dtype: str
) -> dict[str, Any]:
    """config.json without its `quantization`; `dtype` as transformers names it."""
    own = metadata.own
    hidden_size = metadata.integer(own("embedding_length"))
    heads = metadata.integer(own("attention.head_count"))
    if heads < 1:
        raise GgufError(f"GGUF key '{own('attention.head_count')}' is not positive")
    head_dim = metadata.integer(
        own("attention.key_length"), _head_dim(metadata, hidden_size, heads)
    )
    config: dict[str, Any] = {
        "model_type": family.model_type,
        "hidden_size": hidden_size,
        "intermediate_size": metadata.integer(own("feed_forward_length")),
        "num_hidden_layers": metadata.integer(own("block_count")),
        "num_attention_heads": heads,
        "num_key_value_heads": metadata.integer(own("attention.head_count_kv"), heads),
        "head_dim": head_dim,
        "max_position_embeddings": metadata.integer(own("context_length")),
        "rms_norm_eps": metadata.number(own("attention.layer_norm_rms_epsilon")),
        "rope_theta": metadata.number(own("rope.freq_base"), 10000.0),
        "vocab_size": tensors["token_embd.weight"].shape[0],
        "tie_word_embeddings": "output.weight" not in tensors,
        "hidden_act": "gelu_pytorch_tanh" if family.model_type.startswith("gemma") else "silu",
        **_tokens(metadata),
        "torch_dtype": dtype,
    }
    scaling = rope_scaling(metadata, tensors)
    if scaling is not None:
        config["rope_scaling"] = scaling
    return {**config, **_of_family(metadata, config, tensors)}


def _head_dim(metadata: Metadata, hidden_size: int, heads: int) -> int:
    """Phi turns only a part of each head."""
    if metadata.architecture == "phi3":
        return hidden_size // heads
    return metadata.integer(metadata.own("rope.dimension_count"), hidden_size // heads)


def _of_family(
    metadata: Metadata, config: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> dict[str, Any]:
    match metadata.architecture:
        case "llama":
            return {
                "attention_bias": "blk.0.attn_q.bias" in tensors,
                "mlp_bias": "blk.0.ffn_up.bias" in tensors,
            }
        case "gemma2":
            return {
                "query_pre_attn_scalar": _query_scalar(metadata, config),
                "attn_logit_softcapping": metadata.number(
                    metadata.own("attn_logit_softcapping"), 50.0
                ),
                "final_logit_softcapping": metadata.number(
                    metadata.own("final_logit_softcapping"), 30.0
                ),
                "sliding_window": metadata.integer(metadata.own("attention.sliding_window"), 4096),
            }
        case "gemma3":
            return {
                "query_pre_attn_scalar": _query_scalar(metadata, config),
                "sliding_window": metadata.integer(metadata.own("attention.sliding_window")),
                "sliding_window_pattern": _SLIDING_PATTERN,
                "rope_local_base_freq": _LOCAL_BASE,
                "rope_theta": metadata.number(metadata.own("rope.freq_base"), 1_000_000.0),
            }
        case "phi3":
            return _of_phi(metadata, config)
        case _:
            return {}


def _of_phi(metadata: Metadata, config: Mapping[str, Any]) -> dict[str, Any]:
    turned = metadata.integer(metadata.own("rope.dimension_count"), config["head_dim"])
    original = metadata.own("rope.scaling.original_context_length")
    length = metadata.integer(original, config["max_position_embeddings"])
    scaling = config.get("rope_scaling")
    known: dict[str, Any] = {"original_max_position_embeddings": length}
    return {
        "partial_rotary_factor": turned / config["head_dim"],
        **known,
        **({} if scaling is None else {"rope_scaling": {**scaling, **known}}),
    }


def _query_scalar(metadata: Metadata, config: Mapping[str, Any]) -> int:
    """The largest models of both generations divide by their width per head, others by a head's
    size; the file does not tell."""
    if config["num_hidden_layers"] == _GEMMA_27B_LAYERS[metadata.architecture]:
        return config["hidden_size"] // config["num_attention_heads"]
    return config["head_dim"]


def _tokens(metadata: Metadata) -> dict[str, Any]:
    """Where an answer begins and ends: what the file names, and the ends of a turn that are in
    its vocabulary."""
    tokens = metadata.texts("tokenizer.ggml.tokens")
    kinds = metadata.numbers("tokenizer.ggml.token_type")
    if len(tokens) != len(kinds):
        raise GgufError("GGUF tokens and their types are not as many")
    named = [
        metadata.integer(f"tokenizer.ggml.{role}_token_id")
        for role in ("eos", "eot")
        if metadata.has(f"tokenizer.ggml.{role}_token_id")
    ]
    turns = [
        index
        for index, (token, kind) in enumerate(zip(tokens, kinds, strict=True))
        if kind == _CONTROL_TOKEN and token in _ENDS_OF_TURNS
    ]
    ends = list(dict.fromkeys([*named, *turns]))
    found: dict[str, Any] = {"eos_token_id": ends[0] if len(ends) == 1 else ends}
    if metadata.has("tokenizer.ggml.bos_token_id"):
        found["bos_token_id"] = metadata.integer("tokenizer.ggml.bos_token_id")
    return found
