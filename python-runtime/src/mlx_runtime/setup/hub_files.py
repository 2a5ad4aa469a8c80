"""Which files of a Hugging Face repository make a model's or an adapter's directory."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

_PATTERNS = (
    "model*.safetensors",
    "adapter_model.safetensors",
    "adapters.safetensors",
    "*.json",
    "*.jinja",
    "*.tiktoken",
    "tokenizer.model",
    "merges.txt",
    "vocab.txt",
)

_MODULE_FILE = re.compile(r"\d+_\w+/(config\.json|model\.safetensors)")
"""What a sentence-transformer applies to its states, such as 1_Pooling and 2_Dense."""


def wanted_files(names: Iterable[str]) -> list[str]:
    """Weights, configuration and tokenizer at the top level; never code or pickles."""
    return [name for name in names if _MODULE_FILE.fullmatch(name) or _is_wanted(name)]


def _is_wanted(name: str) -> bool:
    return "/" not in name and any(fnmatchcase(name, pattern) for pattern in _PATTERNS)
