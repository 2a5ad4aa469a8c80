"""What a GGUF file says about long contexts, as `rope_scaling` of a config.json."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from .dequantize import dequantize
from .errors import GgufError
from .metadata import Metadata
from .reader import Tensor

_LLAMA3_CONTEXT = 8192
_LLAMA3_LOW, _LLAMA3_HIGH = 1.0, 4.0
"""What every model with these frequencies was made with; a file has only what follows from it."""


def rope_scaling(metadata: Metadata, tensors: Mapping[str, Tensor]) -> dict[str, Any] | None:
    """None: positions are as they are. Raises GgufError for ways that are not known."""
    if "rope_freqs.weight" in tensors:
        return _llama3(metadata, tensors["rope_freqs.weight"])
    if "rope_factors_long.weight" in tensors:
        return {
            "type": "longrope",
            "long_factor": dequantize(tensors["rope_factors_long.weight"]).tolist(),
            "short_factor": dequantize(tensors["rope_factors_short.weight"]).tolist(),
        }
    kind = metadata.text(metadata.own("rope.scaling.type"), "none")
    if kind == "none":
        return None
    if kind not in ("linear", "yarn"):
        raise GgufError(f"Positions scaled by '{kind}' are not supported")
    scaling: dict[str, Any] = {
        "type": kind,
        "rope_type": kind,
        "factor": metadata.number(metadata.own("rope.scaling.factor")),
    }
    original = metadata.own("rope.scaling.original_context_length")
    if kind == "yarn":
        scaling["original_max_position_embeddings"] = metadata.integer(original)
    return scaling


def _llama3(metadata: Metadata, frequencies: Tensor) -> dict[str, Any]:
    """Divisors of the frequencies, (size / 2,), which have to be those of Llama 3."""
    divisors = dequantize(frequencies).astype(np.float64)
    factor = float(divisors.max())
    base = metadata.number(metadata.own("rope.freq_base"), 10000.0)
    if not np.allclose(divisors, _llama3_divisors(base, factor, len(divisors)), rtol=1e-3):
        raise GgufError("The file scales positions (rope_freqs) in a way that is not known")
    return {
        "rope_type": "llama3",
        "factor": factor,
        "low_freq_factor": _LLAMA3_LOW,
        "high_freq_factor": _LLAMA3_HIGH,
        "original_max_position_embeddings": _LLAMA3_CONTEXT,
    }


def _llama3_divisors(base: float, factor: float, count: int) -> list[float]:
    """Long waves are stretched by the factor, short ones stay, between them it is blended
    (Grattafiori et al., "The Llama 3 herd of models", 2024)."""
    divisors: list[float] = []
    for index in range(count):
        wave = 2 * math.pi * base ** (index / count)
        share = (_LLAMA3_CONTEXT / wave - _LLAMA3_LOW) / (_LLAMA3_HIGH - _LLAMA3_LOW)
        share = min(1.0, max(0.0, share))
        divisors.append(1 / ((1 - share) / factor + share))
    return divisors
