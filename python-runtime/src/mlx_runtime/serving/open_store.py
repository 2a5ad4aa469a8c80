"""The prompt store that a model was loaded with."""

from __future__ import annotations

from pathlib import Path

from ..generation import DiskPrefixes, empty_caches
from ..model.loader import LoadedModel
from ..wire import WirePromptStore


def open_store(prompt_store: WirePromptStore | None, loaded: LoadedModel) -> DiskPrefixes | None:
    """None: there is none, or the model keeps no prefixes."""
    if prompt_store is None or loaded.encoder:
        return None
    return DiskPrefixes(
        Path(prompt_store.directory),
        prompt_store.max_bytes,
        loaded.fingerprint,
        lambda: empty_caches(loaded.model),
    )
