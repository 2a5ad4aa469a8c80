"""Directories of encoders that load in an instant: random weights, a vocabulary of words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from .reference import Matrix

SIZE, HEADS, LAYERS, INNER = 32, 4, 3, 48
WORDS = ("[PAD]", "[CLS]", "[SEP]", "[UNK]", "paris", "is", "the", "capital", "of", "france", "cat")

_COMMON = {
    "vocab_size": len(WORDS),
    "hidden_size": SIZE,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "intermediate_size": INNER,
    "max_position_embeddings": 64,
}
CONFIGS: Mapping[str, Mapping[str, Any]] = {
    "bert": {
        **_COMMON,
        "model_type": "bert",
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-12,
        "type_vocab_size": 2,
    },
    "xlm-roberta": {
        **_COMMON,
        "model_type": "xlm-roberta",
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-5,
        "type_vocab_size": 1,
        "pad_token_id": 1,
    },
    "modernbert": {
        **_COMMON,
        "model_type": "modernbert",
        "norm_eps": 1e-5,
        "global_attn_every_n_layers": 3,
        "global_rope_theta": 160_000.0,
        "local_rope_theta": 10_000.0,
        "local_attention": 8,
        "classifier_pooling": "mean",
    },
    "gemma3_text": {
        **_COMMON,
        "model_type": "gemma3_text",
        "use_bidirectional_attention": True,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "query_pre_attn_scalar": 12,
        "rms_norm_eps": 1e-6,
        "rope_theta": 1_000_000.0,
        "rope_local_base_freq": 10_000.0,
        "sliding_window": 8,
        "sliding_window_pattern": 3,
    },
}
PREFIXES = {"bert": "bert.", "xlm-roberta": "roberta.", "modernbert": "model.", "gemma3_text": ""}


@dataclass(frozen=True)
class TinyEncoder:
    directory: Path
    config: dict[str, Any]
    weights: dict[str, Matrix]
    """By the names of the checkpoint, prefixes left out."""


def write_encoder(directory: Path, kind: str, *, judges: bool = False) -> TinyEncoder:
    directory.mkdir(exist_ok=True)
    config: dict[str, Any] = dict(CONFIGS[kind])
    if judges:
        config |= {"architectures": ["TinyForSequenceClassification"], "id2label": {"0": "LABEL_0"}}
    random = np.random.default_rng(7)
    shapes = {**_shapes(config), **(_head_shapes(kind) if judges else {})}
    weights = {
        name: (random.normal(size=shape) * 0.3 + ("orm.weight" in name)).astype(np.float32)
        for name, shape in shapes.items()
    }
    heads = ("classifier", "head")
    stored = {
        name if name.startswith(heads) else PREFIXES[kind] + name: weight
        for name, weight in weights.items()
    }
    save_file(stored, directory / "model.safetensors")
    (directory / "config.json").write_text(json.dumps(config))
    (directory / "tokenizer_config.json").write_text("{}")
    _tokenizer().save(str(directory / "tokenizer.json"))
    wide = {name: weight.astype(np.float64) for name, weight in weights.items()}
    return TinyEncoder(directory, config, wide)


def _tokenizer() -> Tokenizer:
    tokenizer: Any = Tokenizer(
        models.WordLevel({word: index for index, word in enumerate(WORDS)}, unk_token="[UNK]")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    return tokenizer


def _shapes(config: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    match config["model_type"]:
        case "modernbert":
            return _modernbert_shapes()
        case "gemma3_text":
            return _gemma_shapes()
        case _:
            return _bert_shapes(config["type_vocab_size"])


def _dense(name: str, outputs: int, inputs: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}


def _norm(name: str) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (SIZE,), f"{name}.bias": (SIZE,)}


def _bert_shapes(types: int) -> dict[str, tuple[int, ...]]:
    rows = {"word": len(WORDS), "position": _COMMON["max_position_embeddings"], "token_type": types}
    shapes: dict[str, tuple[int, ...]] = {
        f"embeddings.{name}_embeddings.weight": (count, SIZE) for name, count in rows.items()
    }
    shapes |= _norm("embeddings.LayerNorm")
    for index in range(LAYERS):
        name = f"encoder.layer.{index}"
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            shapes |= _dense(f"{name}.attention.{part}", SIZE, SIZE)
        shapes |= _norm(f"{name}.attention.output.LayerNorm") | _norm(f"{name}.output.LayerNorm")
        shapes |= _dense(f"{name}.intermediate.dense", INNER, SIZE)
        shapes |= _dense(f"{name}.output.dense", SIZE, INNER)
    return shapes | _dense("pooler.dense", SIZE, SIZE)


def _modernbert_shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.tok_embeddings.weight": (len(WORDS), SIZE),
        "embeddings.norm.weight": (SIZE,),
        "final_norm.weight": (SIZE,),
    }
    for index in range(LAYERS):
        name = f"layers.{index}"
        shapes |= {} if index == 0 else {f"{name}.attn_norm.weight": (SIZE,)}
        shapes |= {
            f"{name}.attn.Wqkv.weight": (3 * SIZE, SIZE),
            f"{name}.attn.Wo.weight": (SIZE, SIZE),
            f"{name}.mlp_norm.weight": (SIZE,),
            f"{name}.mlp.Wi.weight": (2 * INNER, SIZE),
            f"{name}.mlp.Wo.weight": (SIZE, INNER),
        }
    return shapes


def _gemma_shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "embed_tokens.weight": (len(WORDS), SIZE),
        "norm.weight": (SIZE,),
    }
    norms = ("input", "post_attention", "pre_feedforward", "post_feedforward")
    for index in range(LAYERS):
        name = f"layers.{index}"
        shapes |= {f"{name}.{norm}_layernorm.weight": (SIZE,) for norm in norms}
        shapes |= {
            f"{name}.self_attn.q_proj.weight": (HEADS * 8, SIZE),
            f"{name}.self_attn.k_proj.weight": (16, SIZE),
            f"{name}.self_attn.v_proj.weight": (16, SIZE),
            f"{name}.self_attn.o_proj.weight": (SIZE, HEADS * 8),
            f"{name}.self_attn.q_norm.weight": (8,),
            f"{name}.self_attn.k_norm.weight": (8,),
            f"{name}.mlp.gate_proj.weight": (INNER, SIZE),
            f"{name}.mlp.up_proj.weight": (INNER, SIZE),
            f"{name}.mlp.down_proj.weight": (SIZE, INNER),
        }
    return shapes


def _head_shapes(kind: str) -> dict[str, tuple[int, ...]]:
    match kind:
        case "bert":
            return _dense("classifier", 1, SIZE)
        case "modernbert":
            head: dict[str, tuple[int, ...]] = {
                "head.dense.weight": (SIZE, SIZE),
                "head.norm.weight": (SIZE,),
            }
            return head | _dense("classifier", 1, SIZE)
        case _:
            return _dense("classifier.dense", SIZE, SIZE) | _dense("classifier.out_proj", 1, SIZE)
