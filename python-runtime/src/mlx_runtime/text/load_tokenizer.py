"""Reads the tokenizer files of a model directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec
from tokenizers import Tokenizer as Backend

from .chat.template_files import load_templates
from .tokenizer import Tokenizer

_SPECIAL_TOKENS = ("bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token")


class _TokenizerFile(msgspec.Struct):
    decoder: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class LoadedTokenizer:
    tokenizer: Tokenizer
    eos_token_id: int | None
    template_source: str
    """Of all that are used; empty when there is none."""
    config: Mapping[str, Any]
    """tokenizer_config.json"""


class UnusableTokenizer(Exception):
    """The directory's tokenizer files cannot be used."""


def load_tokenizer(directory: Path) -> LoadedTokenizer:
    """Raises UnusableTokenizer."""
    config = _read_json(directory / "tokenizer_config.json")
    backend, decoder = _backend(directory)
    backend.no_padding()
    backend.no_truncation()
    special = _special_tokens(config)
    legacy = _read_json(directory / "chat_template.json")
    templates = load_templates(directory, config, legacy, special)
    bos_token = special.get("bos_token")
    eos_token = special.get("eos_token")
    return LoadedTokenizer(
        Tokenizer(backend, decoder, templates, bos_token),
        None if eos_token is None else backend.token_to_id(eos_token),
        "" if templates is None else templates.source,
        config,
    )


def _backend(directory: Path) -> tuple[Backend, dict[str, Any] | None]:
    path = directory / "tokenizer.json"
    if not path.exists():
        return _converted_backend(directory)
    try:
        content = path.read_bytes()
        backend = Backend.from_buffer(content)
        return backend, msgspec.json.decode(content, type=_TokenizerFile).decoder
    # The tokenizers library raises plain Exception.
    except Exception as error:
        raise UnusableTokenizer(f"{path} cannot be read: {error}") from error


def _converted_backend(directory: Path) -> tuple[Backend, dict[str, Any] | None]:
    """Lets transformers convert older formats; it costs a second, so only when needed."""
    try:
        from transformers import AutoTokenizer

        slow: Any = AutoTokenizer
        loaded = slow.from_pretrained(directory, trust_remote_code=False, local_files_only=True)
    except Exception as error:
        raise UnusableTokenizer(
            f"{directory} has no tokenizer.json and its tokenizer cannot be converted: {error}"
        ) from error
    backend = getattr(loaded, "backend_tokenizer", None)
    if not isinstance(backend, Backend):
        raise UnusableTokenizer(
            f"{directory} has no tokenizer.json: save it with a fast tokenizer of transformers"
        )
    return backend, msgspec.json.decode(backend.to_str(), type=_TokenizerFile).decoder


def _special_tokens(config: dict[str, Any]) -> dict[str, str]:
    """A special token is stored as its text or as an object that holds it."""
    tokens: dict[str, str] = {}
    for name in _SPECIAL_TOKENS:
        value = config.get(name)
        if isinstance(value, dict):
            value = cast(dict[str, Any], value).get("content")
        if isinstance(value, str):
            tokens[name] = value
    return tokens


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = msgspec.json.decode(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError) as error:
        raise UnusableTokenizer(f"{path} cannot be read: {error}") from error
    return cast(dict[str, Any], content) if isinstance(content, dict) else {}
