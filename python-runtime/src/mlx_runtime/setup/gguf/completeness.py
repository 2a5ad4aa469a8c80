"""Whether a file has the tensors of every layer that it says it has."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from itertools import chain

from .errors import GgufError

_LAYER = re.compile(r"blk\.(\d+)\.(.+)")
_NEEDED = ("token_embd.weight", "output_norm.weight")


def require_complete(names: Collection[str], layers: int) -> None:
    """All layers of the families that are known have the same tensors. Raises GgufError, by name,
    for one that is missing, and for layers beyond the last one."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for name in names:
        if match := _LAYER.fullmatch(name):
            found[int(match[1])].add(match[2])
    beyond = max(found, default=-1)
    if beyond >= layers:
        raise GgufError(f"GGUF has tensors of layer {beyond}, and says that it has {layers} layers")
    parts = sorted(set[str]().union(*found.values())) or ["attn_norm.weight"]
    wanted = (f"blk.{layer}.{part}" for layer in range(layers) for part in parts)
    missing = next((name for name in chain(_NEEDED, wanted) if name not in names), None)
    if missing is not None:
        raise GgufError(f"GGUF tensor '{missing}' is missing: the file is not whole")
