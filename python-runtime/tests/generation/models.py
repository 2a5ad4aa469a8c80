"""Tiny random-weight models of many families, one per kind of cache."""

from __future__ import annotations

import importlib
from typing import Any, cast

import mlx.core as mx

VOCABULARY = 256

_ATTENTION = {
    "vocab_size": VOCABULARY,
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "intermediate_size": 96,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "rms_norm_eps": 1e-5,
    "max_position_embeddings": 2048,
    "rope_theta": 10000.0,
    "tie_word_embeddings": False,
}

CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "llama": _ATTENTION,
    "qwen3": _ATTENTION,
    "gemma3_text": {
        **_ATTENTION,
        "query_pre_attn_scalar": 16,
        "sliding_window": 24,
        "sliding_window_pattern": 2,
        "rope_global_base_freq": 10000.0,
        "rope_local_base_freq": 1000.0,
        "rms_norm_eps": 1e-5,
    },
    "qwen3_moe": {
        **_ATTENTION,
        "num_experts": 4,
        "num_experts_per_tok": 2,
        "decoder_sparse_step": 1,
        "mlp_only_layers": [],
        "moe_intermediate_size": 48,
        "norm_topk_prob": True,
    },
    "qwen3_next": {
        **_ATTENTION,
        "num_hidden_layers": 4,
        "full_attention_interval": 2,
        "linear_num_value_heads": 4,
        "linear_num_key_heads": 2,
        "linear_key_head_dim": 16,
        "linear_value_head_dim": 16,
        "linear_conv_kernel_dim": 4,
        "num_experts": 4,
        "num_experts_per_tok": 2,
        "decoder_sparse_step": 1,
        "shared_expert_intermediate_size": 48,
        "mlp_only_layers": [],
        "moe_intermediate_size": 48,
        "partial_rotary_factor": 0.5,
        "norm_topk_prob": True,
    },
    "falcon_h1": {
        **_ATTENTION,
        "attention_bias": False,
        "mamba_d_conv": 4,
        "mamba_d_head": 16,
        "mamba_d_ssm": 64,
        "mamba_d_state": 16,
        "mamba_n_heads": 4,
        "mamba_n_groups": 1,
        "mamba_chunk_size": 16,
        "mamba_expand": 1,
        "mamba_norm_before_gate": False,
        "mamba_rms_norm": False,
        "mamba_proj_bias": False,
        "mamba_conv_bias": True,
        "mlp_bias": False,
        "projectors_bias": False,
    },
}


def tiny_model(family: str, seed: int = 0, vocab_size: int = VOCABULARY) -> Any:
    """A model with random weights, large enough that its logits differ clearly."""
    module = importlib.import_module(f"mlx_lm.models.{family}")
    mx.random.seed(seed)
    arguments = module.ModelArgs.from_dict(
        {"model_type": family, **CONFIGURATIONS[family], "vocab_size": vocab_size}
    )
    model = module.Model(arguments)
    cast(Any, mx).eval(model.parameters())
    return model
