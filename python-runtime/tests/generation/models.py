"""Tiny random-weight models of many families, at least one per kind of cache."""

from __future__ import annotations

import importlib
from typing import Any, cast

import mlx.core as mx

from mlx_runtime.model.group_masks import align_group_masks

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
    # Attention of its own, with capped scores.
    "gemma2": {
        **_ATTENTION,
        "query_pre_attn_scalar": 16,
        "attn_logit_softcapping": 50.0,
        "final_logit_softcapping": 30.0,
    },
    # Attention sinks, and windows that wrap.
    "gpt_oss": {
        **_ATTENTION,
        "num_hidden_layers": 2,
        "num_local_experts": 4,
        "num_experts_per_tok": 2,
        "sliding_window": 24,
    },
    # Recurrent layers alone.
    "mamba2": {
        "vocab_size": VOCABULARY,
        "num_heads": 4,
        "head_dim": 32,
        "hidden_size": 64,
        "intermediate_size": 128,
        "state_size": 16,
        "num_hidden_layers": 2,
        "layer_norm_epsilon": 1e-5,
        "conv_kernel": 4,
        "n_groups": 1,
        "use_bias": False,
        "use_conv_bias": True,
        "tie_word_embeddings": False,
        "time_step_limit": (0.0, 1e9),
        "time_step_rank": "auto",
    },
}

UNBATCHABLE: dict[str, dict[str, Any]] = {
    # Chunked attention: its caches have no way to merge.
    "llama4": {
        "text_config": {
            **_ATTENTION,
            "model_type": "llama4_text",
            "num_hidden_layers": 4,
            "attention_bias": False,
            "attention_chunk_size": 32,
            "interleave_moe_layer_step": 2,
            "intermediate_size_mlp": 96,
            "num_experts_per_tok": 1,
            "num_local_experts": 2,
            "rope_scaling": None,
            "use_qk_norm": True,
        },
    },
    # Caches of its own.
    "deepseek_v41": {
        **_ATTENTION,
        "num_hidden_layers": 3,
        "head_dim": 32,
        "q_lora_rank": 32,
        "qk_rope_head_dim": 16,
        "o_groups": 2,
        "o_lora_rank": 32,
        "moe_intermediate_size": 32,
        "n_routed_experts": 4,
        "num_experts_per_tok": 2,
        "sliding_window": 24,
        "compress_ratios": (0, 4, 4),
        "kv_source_layer_ids": (0, 1, 2),
        "index_source_layer_ids": (0, 1, 2),
        "index_n_heads": 2,
        "index_head_dim": 32,
        "index_topk": 16,
    },
    # Reads a batch's positions as one number, and fails.
    "gpt_bigcode": {
        "vocab_size": VOCABULARY,
        "n_embd": 64,
        "n_layer": 2,
        "n_inner": 96,
        "n_head": 4,
        "n_positions": 2048,
        "layer_norm_epsilon": 1e-5,
    },
    # Layers that reuse keys take the padding of a batch for text.
    "afm7": {
        "vocab_size": VOCABULARY,
        "hidden_dim": 64,
        "num_layers": 3,
        "num_kv_reuse_layers": 2,
        "num_heads": 4,
        "num_kv_heads": 2,
    },
}

# Attention that hands its keys on untouched, with other norms, positions, parts and biases.
PLAIN_ATTENTION: dict[str, dict[str, Any]] = {
    "cohere": {**_ATTENTION, "layer_norm_eps": 1e-5},
    "gemma": _ATTENTION,
    "glm4": {**_ATTENTION, "partial_rotary_factor": 0.5, "attention_bias": False},
    "gpt_neox": {
        **_ATTENTION,
        "layer_norm_eps": 1e-5,
        "use_parallel_residual": True,
        "rotary_emb_base": 10000,
        "rotary_pct": 0.5,
    },
    "granite": {
        **_ATTENTION,
        "attention_multiplier": 0.2,
        "embedding_multiplier": 1.0,
        "residual_multiplier": 1.0,
        "logits_scaling": 1.0,
        "attention_bias": False,
        "mlp_bias": False,
    },
    "mixtral": {**_ATTENTION, "num_local_experts": 4, "num_experts_per_tok": 2},
    "olmo2": _ATTENTION,
    "phi3": _ATTENTION,
    "qwen2": _ATTENTION,
    # Every other layer without positions.
    "smollm3": {**_ATTENTION, "no_rope_layers": [1, 0]},
    "starcoder2": {**_ATTENTION, "norm_epsilon": 1e-5},
}

# Their states run on over the padding behind the shorter prompts of a pass.
PREFILLED_ALONE: dict[str, dict[str, Any]] = {
    "nemotron_h": {
        **_ATTENTION,
        "attention_bias": False,
        "mamba_num_heads": 4,
        "mamba_head_dim": 16,
        "mamba_proj_bias": False,
        "ssm_state_size": 16,
        "conv_kernel": 4,
        "n_groups": 1,
        "mlp_bias": False,
        "layer_norm_epsilon": 1e-5,
        "use_bias": False,
        "use_conv_bias": True,
        "hybrid_override_pattern": "M*M-",
    },
    "jamba": {
        **_ATTENTION,
        "num_hidden_layers": 4,
        "attn_layer_offset": 1,
        "attn_layer_period": 2,
        "expert_layer_offset": 1,
        "expert_layer_period": 2,
        "mamba_d_conv": 4,
        "mamba_d_state": 16,
        "mamba_expand": 2,
        "num_experts": 2,
        "num_experts_per_tok": 1,
    },
    "mamba": {
        "vocab_size": VOCABULARY,
        "hidden_size": 64,
        "intermediate_size": 128,
        "state_size": 16,
        "num_hidden_layers": 2,
        "conv_kernel": 4,
        "use_bias": False,
        "use_conv_bias": True,
        "time_step_rank": 4,
    },
    "rwkv7": {
        "vocab_size": VOCABULARY,
        "hidden_size": 64,
        "intermediate_size": 96,
        "norm_eps": 1e-5,
        "head_dim": 32,
        "num_hidden_layers": 2,
        "a_low_rank_dim": 16,
        "v_low_rank_dim": 16,
        "gate_low_rank_dim": 16,
        "decay_low_rank_dim": 16,
    },
}


def tiny_model(family: str, seed: int = 0, **changes: Any) -> Any:
    """A model with random weights, large enough that its logits differ clearly."""
    module = importlib.import_module(f"mlx_lm.models.{family}")
    mx.random.seed(seed)
    configuration = {**CONFIGURATIONS, **PLAIN_ATTENTION, **UNBATCHABLE, **PREFILLED_ALONE}[family]
    arguments = module.ModelArgs.from_dict({"model_type": family, **configuration, **changes})
    model = module.Model(arguments)
    align_group_masks(model)
    cast(Any, mx).eval(model.parameters())
    return model
