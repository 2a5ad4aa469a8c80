"""What GGUF calls the tensors of each family, and what mlx-lm calls them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .errors import GgufError

_GLOBAL = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
}
_ATTENTION = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
}
_MLP = {
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_TWO_NORMS = {"attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}
_FOUR_NORMS = {
    "attn_norm": "input_layernorm",
    "post_attention_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "post_ffw_norm": "post_feedforward_layernorm",
}
_HEAD_NORMS = {"attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm"}
_LAYER = re.compile(r"blk\.(\d+)\.(\w+)")

ROPE_TENSORS = frozenset({"rope_freqs", "rope_factors_long", "rope_factors_short"})
"""Not weights: what the configuration says about positions."""


@dataclass(frozen=True, slots=True)
class Family:
    model_type: str
    """mlx-lm's."""
    layer_names: Mapping[str, str]
    interleaved: bool = False
    """Rows of queries and keys have the halves of each head interleaved."""
    norm_offset: float = 0.0
    """What the file's norms have more than mlx-lm's."""


FAMILIES = {
    "llama": Family("llama", {**_TWO_NORMS, **_ATTENTION, **_MLP}, interleaved=True),
    "qwen2": Family("qwen2", {**_TWO_NORMS, **_ATTENTION, **_MLP}),
    "qwen3": Family("qwen3", {**_TWO_NORMS, **_ATTENTION, **_HEAD_NORMS, **_MLP}),
    "gemma2": Family("gemma2", {**_FOUR_NORMS, **_ATTENTION, **_MLP}, norm_offset=1.0),
    "gemma3": Family(
        "gemma3_text", {**_FOUR_NORMS, **_ATTENTION, **_HEAD_NORMS, **_MLP}, norm_offset=1.0
    ),
    "phi3": Family(
        "phi3",
        {
            **_TWO_NORMS,
            "attn_qkv": "self_attn.qkv_proj",
            "attn_output": "self_attn.o_proj",
            "ffn_up": "mlp.gate_up_proj",
            "ffn_down": "mlp.down_proj",
        },
    ),
}
"""By what `general.architecture` says; SmolLM and Mistral are llamas."""


def family_of(architecture: str) -> Family:
    """Raises GgufError, by name, for one that is not known."""
    if architecture not in FAMILIES:
        raise GgufError(
            f"GGUF architecture '{architecture}' is not supported, only {', '.join(FAMILIES)}"
        )
    return FAMILIES[architecture]


def module_name(module: str, family: Family) -> str:
    """mlx-lm's name of a GGUF module such as `blk.0.attn_q`; raises GgufError."""
    layer = _LAYER.fullmatch(module)
    if layer and layer[2] in family.layer_names:
        return f"model.layers.{layer[1]}.{family.layer_names[layer[2]]}"
    if module in _GLOBAL:
        return _GLOBAL[module]
    raise GgufError(f"GGUF tensor '{module}' is not part of a {family.model_type} model")
