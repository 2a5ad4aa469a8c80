"""How a model's directory wants its embeddings made, as sentence-transformers writes it down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import msgspec

from ..pooling import EmbeddingTraits
from ..wire import WirePooling
from .embedding_layers import UnusableLayer, read_projection
from .encoders import is_encoder

_POOLING_FILE = "1_Pooling/config.json"
_MODULES_FILE = "modules.json"
_PROMPTS_FILE = "config_sentence_transformers.json"
_LENGTH_FILES = ("sentence_bert_config.json", "sentence_roberta_config.json")

_POOLINGS: dict[str, WirePooling] = {
    "mean_tokens": "mean",
    "mean": "mean",
    "lasttoken": "last",
    "cls_token": "cls",
    "cls": "cls",
}
_MODE_PREFIX = "pooling_mode_"
_APPLIED_MODULES = ("Transformer", "Pooling", "Normalize", "Dense")


def embedding_traits(directory: Path, config: Mapping[str, Any]) -> EmbeddingTraits:
    """What cannot be honoured is a refusal: vectors made otherwise would be silently wrong."""
    reads_both = config.get("use_bidirectional_attention") or config.get("is_causal") is False
    if reads_both and not is_encoder(config):
        return EmbeddingTraits(
            refusal="it was trained to read in both directions, which its architecture does not "
            "do here"
        )
    modules = _modules(directory)
    for module in modules:
        if module.kind not in _APPLIED_MODULES:
            return EmbeddingTraits(refusal=f"its module {module.type!r} is not applied here")
    try:
        projections = tuple(
            read_projection(directory / module.path) for module in modules if module.kind == "Dense"
        )
    except UnusableLayer as error:
        return EmbeddingTraits(refusal=str(error))
    pooling, refusal = _pooling(directory)
    prompts, default = _prompts(directory)
    return EmbeddingTraits(pooling, refusal, projections, prompts, default)


def longest_text(directory: Path) -> int | None:
    """Tokens that a sentence-transformer was made for; None where nothing says so."""
    for name in _LENGTH_FILES:
        content = _read_object(directory / name) or {}
        length = content.get("max_seq_length")
        if isinstance(length, int) and length > 0:
            return length
    return None


def _pooling(directory: Path) -> tuple[WirePooling, str | None]:
    """Which states make a vector, and why they cannot, if so."""
    pooling = _read_object(directory / _POOLING_FILE)
    if pooling is None:
        return "mean", None
    modes = _modes(pooling)
    if pooling.get("include_prompt") is False:
        return "mean", "its pooling leaves prompts out"
    if len(modes) == 1 and modes[0] in _POOLINGS:
        return _POOLINGS[modes[0]], None
    wanted = " and ".join(modes) or "none that is named"
    return "mean", f"its pooling ({wanted}) is neither the mean nor the first or last token"


def _modes(pooling: dict[str, Any]) -> list[str]:
    """Newer files name the mode, older ones have a flag for each."""
    named = pooling.get("pooling_mode")
    if isinstance(named, str):
        return [named]
    return [
        key.removeprefix(_MODE_PREFIX)
        for key, value in pooling.items()
        if key.startswith(_MODE_PREFIX) and value is True
    ]


def _prompts(directory: Path) -> tuple[dict[str, str], str | None]:
    """Texts by name, and the name of the one that applies where none is named."""
    content = _read_object(directory / _PROMPTS_FILE) or {}
    entries: Any = content.get("prompts")
    if not isinstance(entries, dict):
        return {}, None
    prompts = {
        name: text
        for name, text in cast("dict[str, Any]", entries).items()
        if isinstance(text, str)
    }
    default: Any = content.get("default_prompt_name")
    return prompts, default if default in prompts else None


class _Module(msgspec.Struct):
    type: str
    path: str = ""

    @property
    def kind(self) -> str:
        return self.type.split(".")[-1]


def _modules(directory: Path) -> Sequence[_Module]:
    try:
        content = (directory / _MODULES_FILE).read_bytes()
        return msgspec.json.decode(content, type=list[_Module])
    except (OSError, msgspec.DecodeError):
        return ()


def _read_object(path: Path) -> dict[str, Any] | None:
    """None for what is not there or not an object: most models have no such files."""
    try:
        content = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):
        return None
    return cast("dict[str, Any]", content) if isinstance(content, dict) else None
