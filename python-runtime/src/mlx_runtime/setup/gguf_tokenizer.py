"""A GGUF file's vocabulary as tokenizer.json and tokenizer_config.json."""

from __future__ import annotations

from typing import Any

from .gguf_metadata import GgufError, GgufMetadata

_CONTROL_TOKEN = 3
_PRE_TOKENIZERS = {
    # SmolLM numbers digit by digit before the usual byte-level words.
    "smollm": [{"type": "Digits", "individual_digits": True}],
    "gpt-2": [],
}
_BYTE_LEVEL = {
    "type": "ByteLevel",
    "add_prefix_space": False,
    "trim_offsets": True,
    "use_regex": True,
}


def tokenizer_json(metadata: GgufMetadata) -> dict[str, Any]:
    """The `tokenizers` library's description of a byte-level BPE vocabulary."""
    kind = metadata.text("tokenizer.ggml.model")
    splitter = metadata.text("tokenizer.ggml.pre")
    if kind != "gpt2" or splitter not in _PRE_TOKENIZERS:
        raise GgufError(f"GGUF tokenizer '{kind}' with '{splitter}' splitting is not supported")
    tokens = metadata.texts("tokenizer.ggml.tokens")
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": _added_tokens(tokens, metadata),
        "normalizer": None,
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [*_PRE_TOKENIZERS[splitter], _BYTE_LEVEL],
        },
        "post_processor": None,
        "decoder": _BYTE_LEVEL,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": {token: index for index, token in enumerate(tokens)},
            "merges": [merge.split(" ", 1) for merge in metadata.texts("tokenizer.ggml.merges")],
        },
    }


def tokenizer_config(metadata: GgufMetadata) -> dict[str, Any]:
    """Special tokens and chat template, as transformers reads them."""
    tokens = metadata.texts("tokenizer.ggml.tokens")
    config: dict[str, Any] = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": metadata.integer("llama.context_length"),
        "clean_up_tokenization_spaces": False,
        "add_bos_token": metadata.flag("tokenizer.ggml.add_bos_token", default=False),
        "add_prefix_space": metadata.flag("tokenizer.ggml.add_space_prefix", default=False),
    }
    for role, key in (("bos", "bos"), ("eos", "eos"), ("unk", "unknown"), ("pad", "padding")):
        if metadata.has(f"tokenizer.ggml.{key}_token_id"):
            index = metadata.integer(f"tokenizer.ggml.{key}_token_id")
            config[f"{role}_token"] = tokens[index]
    if metadata.has("tokenizer.chat_template"):
        config["chat_template"] = metadata.text("tokenizer.chat_template")
    return config


def _added_tokens(tokens: list[str], metadata: GgufMetadata) -> list[dict[str, Any]]:
    kinds = metadata.integers("tokenizer.ggml.token_type")
    return [
        {
            "id": index,
            "content": token,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for index, (token, kind) in enumerate(zip(tokens, kinds, strict=True))
        if kind == _CONTROL_TOKEN
    ]
