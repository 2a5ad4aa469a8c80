"""Writes model directories of families that see, with random weights, which load in an instant.

python tiny_models.py qwen2_vl DIRECTORY
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import mlx.core as mx
from mlx import nn, utils
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from mlx_runtime.model.mlx_lm_import import prepare_mlx_lm

WIDTH = 64
_GROUP_SIZE = 32
_TEXT: dict[str, Any] = {
    "hidden_size": WIDTH,
    "num_hidden_layers": 2,
    "intermediate_size": 96,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "rms_norm_eps": 1e-5,
    "max_position_embeddings": 4096,
    "rope_theta": 10000.0,
    "tie_word_embeddings": False,
}
_TURNS = "<|im_start|>", "<|im_end|>"
_QWEN_TOKENS = ("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
_QWEN_TEMPLATE = """\
{%- for message in messages -%}
<|im_start|>{{ message.role }}
{% if message.content is string %}{{ message.content }}{% else %}
{%- for part in message.content -%}
{%- if part.type == 'image' %}<|vision_start|><|image_pad|><|vision_end|>\
{% else %}{{ part.text }}{% endif -%}
{%- endfor -%}
{%- endif %}<|im_end|>
{% endfor -%}
{%- if add_generation_prompt %}<|im_start|>assistant
{% endif -%}"""
_IDEFICS_TEMPLATE = """\
<|im_start|>{% for message in messages %}{{ message.role | capitalize }}\
{% if message.content[0].type == 'image' %}:{% else %}: {% endif %}\
{% for part in message.content %}\
{% if part.type == 'image' %}<image>{% else %}{{ part.text }}{% endif %}{% endfor %}\
<end_of_utterance>
{% endfor %}{% if add_generation_prompt %}Assistant:{% endif %}"""
_PIXTRAL_TEMPLATE = """\
<s>{% for message in messages %}{% if message.role == 'assistant' %}{{ message.content }}</s>\
{% else %}[INST]{% if message.content is string %}{{ message.content }}{% else %}\
{% for part in message.content %}{% if part.type == 'image' %}[IMG]{% else %}{{ part.text }}\
{% endif %}{% endfor %}{% endif %}[/INST]{% endif %}{% endfor %}"""
_GEMMA_TEMPLATE = """\
<bos>{% for message in messages %}<start_of_turn>\
{{ 'model' if message.role == 'assistant' else message.role }}
{% if message.content is string %}{{ message.content | trim }}{% else %}\
{% for part in message.content %}{% if part.type == 'image' %}<start_of_image>\
{% else %}{{ part.text | trim }}{% endif %}{% endfor %}{% endif %}<end_of_turn>
{% endfor %}{% if add_generation_prompt %}<start_of_turn>model
{% endif %}"""


class TinyFamily:
    def __init__(
        self,
        tokens: tuple[str, ...],
        image_token: str,
        template: str,
        *,
        vision: dict[str, Any],
        processor: dict[str, Any],
        text: dict[str, Any] | None = None,
        image_key: str = "image_token_id",
        **config: Any,
    ) -> None:
        self.tokens = tokens
        self.image_token = image_token
        self.template = template
        self.vision = vision
        self.processor = processor
        self.text = text or {}
        self.image_key = image_key
        self.config = config


def _qwen(vision: dict[str, Any], sections: list[int], **processor: Any) -> TinyFamily:
    rope = {"type": "mrope", "mrope_section": sections}
    return TinyFamily(
        (*_TURNS, *_QWEN_TOKENS),
        "<|image_pad|>",
        _QWEN_TEMPLATE,
        vision={"depth": 2, "num_heads": 2, "spatial_merge_size": 2, **vision},
        processor={"size": {"shortest_edge": 3136, "longest_edge": 1_003_520}, **processor},
        text={"rope_scaling": rope},
    )


def _idefics() -> TinyFamily:
    tiles = tuple(f"<row_{row}_col_{column}>" for row in range(1, 5) for column in range(1, 5))
    tokens = ("<|im_start|>", "<end_of_utterance>", "<image>", "<fake_token_around_image>")
    return TinyFamily(
        (*tokens, "<global-img>", *tiles),
        "<image>",
        _IDEFICS_TEMPLATE,
        vision={**_SIGLIP, "image_size": 56},
        processor={"size": {"longest_edge": 112}, "max_image_size": {"longest_edge": 56}},
        scale_factor=2,
    )


_SIGLIP: dict[str, Any] = {
    "model_type": "siglip_vision_model",
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 48,
    "patch_size": 14,
}
FAMILIES: dict[str, TinyFamily] = {
    "qwen2_vl": _qwen(
        {"embed_dim": 32, "hidden_size": WIDTH, "mlp_ratio": 2.0, "patch_size": 14}, [2, 3, 3]
    ),
    "qwen2_5_vl": _qwen(
        {
            "hidden_size": 32,
            "out_hidden_size": WIDTH,
            "intermediate_size": 48,
            "fullatt_block_indexes": [1],
            "window_size": 56,
            "patch_size": 14,
        },
        [2, 3, 3],
    ),
    "qwen3_vl": _qwen(
        {
            "hidden_size": 32,
            "out_hidden_size": WIDTH,
            "intermediate_size": 48,
            "num_position_embeddings": 16,
            "deepstack_visual_indexes": [0],
            "patch_size": 16,
        },
        [4, 2, 2],
        patch_size=16,
    ),
    "smolvlm": _idefics(),
    "idefics3": _idefics(),
    "pixtral": TinyFamily(
        ("<s>", "</s>", "[INST]", "[/INST]", "[IMG]", "[IMG_BREAK]", "[IMG_END]"),
        "[IMG]",
        _PIXTRAL_TEMPLATE,
        vision={
            "model_type": "pixtral",
            "hidden_size": 32,
            "head_dim": 16,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "intermediate_size": 48,
            "image_size": 112,
            "patch_size": 14,
        },
        processor={
            "size": {"longest_edge": 112},
            "patch_size": {"height": 14, "width": 14},
        },
        text={"model_type": "mistral"},
        image_key="image_token_index",
        vision_feature_layer=-1,
    ),
    "gemma3": TinyFamily(
        (
            *("<bos>", "<start_of_turn>", "<end_of_turn>"),
            *("<start_of_image>", "<end_of_image>", "<image_soft_token>"),
        ),
        "<image_soft_token>",
        _GEMMA_TEMPLATE,
        vision={**_SIGLIP, "image_size": 56},
        processor={"size": {"height": 56, "width": 56}},
        text={
            "model_type": "gemma3_text",
            "query_pre_attn_scalar": 16,
            "sliding_window": 64,
            "sliding_window_pattern": 2,
            "mm_tokens_per_image": 4,
        },
        image_key="image_token_index",
        hidden_size=WIDTH,
    ),
}


def write_tiny_vision_model(name: str, directory: Path, *, bits: int | None = None) -> Path:
    """Returns `directory`. `bits`: of the language model's weights, as converters quantise them."""
    family = FAMILIES[name]
    directory.mkdir(parents=True, exist_ok=True)
    tokenizer = _tokenizer(family.tokens)
    tokenizer.save(str(directory / "tokenizer.json"))
    _write(directory / "tokenizer_config.json", {"eos_token": family.tokens[1]})
    (directory / "chat_template.jinja").write_text(family.template)
    _write(directory / "preprocessor_config.json", family.processor)
    size = tokenizer.get_vocab_size(with_added_tokens=True)
    config = _config(name, family, tokenizer, size)
    if bits is not None:
        config["quantization"] = {"group_size": _GROUP_SIZE, "bits": bits}
    _write(directory / "config.json", config)
    _write_weights(directory / "model.safetensors", config, bits)
    return directory


def _config(name: str, family: TinyFamily, tokenizer: Tokenizer, size: int) -> dict[str, Any]:
    text = {**_TEXT, "model_type": name, "vocab_size": size, **family.text}
    vision = {"model_type": name, **family.vision}
    return {
        # Qwen 2 describes its language model at the top, too.
        **(text if name.startswith("qwen2") else {}),
        "model_type": name,
        "text_config": text,
        "vision_config": vision,
        "vocab_size": size,
        "eos_token_id": tokenizer.token_to_id(family.tokens[1]),
        "vision_start_token_id": tokenizer.token_to_id("<|vision_start|>") or 0,
        "video_token_id": tokenizer.token_to_id("<|video_pad|>") or 0,
        "video_token_index": tokenizer.token_to_id("<|video_pad|>") or 0,
        family.image_key: tokenizer.token_to_id(family.image_token),
        **family.config,
    }


def _tokenizer(special: tuple[str, ...]) -> Tokenizer:
    """Bytes, and the family's own tokens."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(
        models.BPE(vocab={each: id for id, each in enumerate(letters)}, merges=[])
    )
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in special])
    return tokenizer


def _write_weights(path: Path, config: dict[str, Any], bits: int | None) -> None:
    from mlx_runtime.model.vision import vision_classes

    model_class, arguments = vision_classes(config)
    mx.random.seed(7)
    model = model_class(arguments.from_dict(config))
    untyped: Any = utils
    weights: dict[str, mx.array] = dict(untyped.tree_flatten(model.parameters()))
    flat = "multi_modal_projector.mm_input_projection_weight"
    if flat in weights:
        # Ones at first: the sum of what was normalised to a mean of zero, which is noise.
        weights[flat] = mx.random.normal(weights[flat].shape, scale=0.1)
    # Larger than at the start of a training, so that what is seen changes what is said.
    louder = {
        # A token that is heard too well is said again.
        name: weight * (0.05 if "embed_tokens" in name else 3) if weight.ndim > 1 else weight
        for name, weight in weights.items()
    }
    if bits is not None:
        model.load_weights(list(louder.items()))
        nn.quantize(model, _GROUP_SIZE, bits, class_predicate=_is_of_language)
        louder = dict(untyped.tree_flatten(model.parameters()))
    mx.save_safetensors(str(path), louder)  # pyright: ignore[reportUnknownMemberType]


def _is_of_language(path: str, module: nn.Module) -> bool:
    return path.startswith("language_model") and hasattr(module, "to_quantized")


def _write(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2))


if __name__ == "__main__":
    prepare_mlx_lm()
    write_tiny_vision_model(sys.argv[1], Path(sys.argv[2]))
