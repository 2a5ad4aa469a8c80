"""Whether an environment holds what the sidecar imports."""

from __future__ import annotations

import importlib
import importlib.util

_LOADED = ("mlx.core", "tokenizers", "safetensors", "msgspec", "llguidance", "jinja2")
_FOUND = ("mlx_lm", "transformers", "huggingface_hub")
"""Imported by name only: importing these takes a second."""


def check_imports() -> None:
    """Raise `ImportError` for the first package that is missing or broken."""
    for name in _LOADED:
        importlib.import_module(name)
    for name in _FOUND:
        if importlib.util.find_spec(name) is None:
            raise ImportError(f"{name} is not installed")
