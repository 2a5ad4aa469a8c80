"""A GGUF file's vocabulary as tokenizer.json and tokenizer_config.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import GgufError
from .metadata import Metadata
from .sentencepiece import MARK, merges_of
from .splitting import BYTE_LEVEL, Splitting, splitting

_CONTROL, _USER_DEFINED = 3, 4
_ROLES = (("bos", "bos"), ("eos", "eos"), ("unk", "unknown"), ("pad", "padding"))

Document = dict[str, Any]


def tokenizer_json(metadata: Metadata) -> Document:
    """The `tokenizers` library's description; raises GgufError, by name, for kinds that are not
    known."""
    kind = metadata.text("tokenizer.ggml.model")
    if kind == "gpt2":
        parts = _byte_level(metadata, splitting(metadata.text("tokenizer.ggml.pre", "default")))
    elif kind == "llama":
        parts = _pieces(metadata)
    else:
        raise GgufError(f"GGUF tokenizer '{kind}' is not supported, only 'gpt2' and 'llama'")
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": _added_tokens(metadata),
        "post_processor": _post_processor(metadata, default_bos=kind == "llama"),
        **parts,
    }


def tokenizer_config(metadata: Metadata) -> Document:
    """Special tokens and chat template, as transformers reads them."""
    tokens = metadata.texts("tokenizer.ggml.tokens")
    config: Document = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": metadata.integer(metadata.own("context_length")),
        "clean_up_tokenization_spaces": False,
        "add_bos_token": metadata.flag("tokenizer.ggml.add_bos_token", default=False),
        "add_prefix_space": metadata.flag("tokenizer.ggml.add_space_prefix", default=False),
    }
    for role, key in _ROLES:
        if metadata.has(f"tokenizer.ggml.{key}_token_id"):
            index = metadata.integer(f"tokenizer.ggml.{key}_token_id")
            config[f"{role}_token"] = _token(tokens, index)
    if metadata.has("tokenizer.chat_template"):
        config["chat_template"] = metadata.text("tokenizer.chat_template")
    return config


def _byte_level(metadata: Metadata, rule: Splitting) -> Document:
    tokens = metadata.texts("tokenizer.ggml.tokens")
    merges = metadata.texts("tokenizer.ggml.merges")
    return {
        "normalizer": rule.normalizer,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": rule.steps},
        "decoder": BYTE_LEVEL,
        "model": {
            **_MODEL,
            "ignore_merges": rule.ignores_merges,
            "vocab": {token: index for index, token in enumerate(tokens)},
            "merges": [_halves(merge) for merge in merges],
        },
    }


def _halves(merge: str) -> list[str]:
    # A piece may begin with a blank, but not be one.
    left, blank, right = merge[:1], "", merge[1:]
    head, blank, tail = right.partition(" ")
    if not blank:
        raise GgufError(f"GGUF merge '{merge}' is not of two pieces")
    return [left + head, tail]


def _pieces(metadata: Metadata) -> Document:
    tokens = metadata.texts("tokenizer.ggml.tokens")
    scores = metadata.numbers("tokenizer.ggml.scores")
    kinds = metadata.numbers("tokenizer.ggml.token_type")
    if not len(tokens) == len(scores) == len(kinds):
        raise GgufError("GGUF tokens, scores and types are not as many")
    prefixed = metadata.flag("tokenizer.ggml.add_space_prefix", default=True)
    unknown = metadata.integer("tokenizer.ggml.unknown_token_id", 0)
    prepend = [{"type": "Prepend", "prepend": MARK}] if prefixed else []
    strip = [{"type": "Strip", "content": " ", "start": 1, "stop": 0}] if prefixed else []
    replace = {"type": "Replace", "pattern": {"String": " "}, "content": MARK}
    restore = {"type": "Replace", "pattern": {"String": MARK}, "content": " "}
    return {
        "normalizer": {"type": "Sequence", "normalizers": [*prepend, replace]},
        "pre_tokenizer": None,
        "decoder": {
            "type": "Sequence",
            "decoders": [restore, {"type": "ByteFallback"}, {"type": "Fuse"}, *strip],
        },
        "model": {
            **_MODEL,
            "unk_token": _token(tokens, unknown),
            "fuse_unk": True,
            "byte_fallback": True,
            "ignore_merges": False,
            "vocab": {token: index for index, token in enumerate(tokens)},
            "merges": merges_of(tokens, scores),
        },
    }


_MODEL: Mapping[str, Any] = {
    "type": "BPE",
    "dropout": None,
    "unk_token": None,
    "continuing_subword_prefix": None,
    "end_of_word_suffix": None,
    "fuse_unk": False,
    "byte_fallback": False,
}


def _post_processor(metadata: Metadata, *, default_bos: bool) -> Document | None:
    """What is put around a text, where something is."""
    tokens = metadata.texts("tokenizer.ggml.tokens")
    around = {
        role: index
        for role, default in (("bos", default_bos), ("eos", False))
        if metadata.has(f"tokenizer.ggml.{role}_token_id")
        and metadata.flag(f"tokenizer.ggml.add_{role}_token", default=default)
        for index in [metadata.integer(f"tokenizer.ggml.{role}_token_id")]
    }
    if not around:
        return None

    def template(sequence: str, kind: int) -> list[Document]:
        parts: list[Document] = [{"Sequence": {"id": sequence, "type_id": kind}}]
        special = {
            role: [{"SpecialToken": {"id": _token(tokens, index), "type_id": kind}}]
            for role, index in around.items()
        }
        return [*special.get("bos", []), *parts, *special.get("eos", [])]

    return {
        "type": "TemplateProcessing",
        "single": template("A", 0),
        "pair": [*template("A", 0), *template("B", 1)],
        "special_tokens": {
            token: {"id": token, "ids": [index], "tokens": [token]}
            for index in around.values()
            for token in [_token(tokens, index)]
        },
    }


def _token(tokens: list[str], index: int) -> str:
    if not 0 <= index < len(tokens):
        raise GgufError(f"GGUF names token {index} of a vocabulary of {len(tokens)}")
    return tokens[index]


def _added_tokens(metadata: Metadata) -> list[Document]:
    tokens = metadata.texts("tokenizer.ggml.tokens")
    kinds = metadata.numbers("tokenizer.ggml.token_type")
    return [
        {
            "id": index,
            "content": token,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": kind == _CONTROL,
        }
        for index, (token, kind) in enumerate(zip(tokens, kinds, strict=True))
        if kind in (_CONTROL, _USER_DEFINED)
    ]
