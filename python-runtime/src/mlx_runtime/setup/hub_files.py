"""Which files of a Hugging Face repository make a model directory."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from ..model.embedding_traits import POOLING_FILE

_PATTERNS = (
    "model*.safetensors",
    "*.json",
    "*.jinja",
    "*.tiktoken",
    "tokenizer.model",
    "merges.txt",
    "vocab.txt",
)


def wanted_files(names: Iterable[str]) -> list[str]:
    """Weights, configuration and tokenizer at the top level; never code or pickles."""
    return [name for name in names if name == POOLING_FILE or _is_wanted(name)]


def _is_wanted(name: str) -> bool:
    return "/" not in name and any(fnmatchcase(name, pattern) for pattern in _PATTERNS)
