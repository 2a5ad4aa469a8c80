"""Writes safetensors files tensor by tensor, from where they lie.

Layout: https://huggingface.co/docs/safetensors
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ALIGNMENT = 8


@dataclass(frozen=True, slots=True)
class Stored:
    name: str
    dtype: str
    """As safetensors names it; numbers that numpy lacks are held as their bits."""
    values: NDArray[Any]


def write_safetensors(
    path: Path, tensors: Sequence[Stored], wrote: Callable[[int], None] = lambda _: None
) -> None:
    """`wrote` is called with the bytes of each tensor that was written."""
    header: dict[str, Any] = {"__metadata__": {"format": "mlx"}}
    place = 0
    for tensor in tensors:
        end = place + tensor.values.nbytes
        header[tensor.name] = {
            "dtype": tensor.dtype,
            "shape": list(tensor.values.shape),
            "data_offsets": [place, end],
        }
        place = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for tensor in tensors:
            file.write(np.ascontiguousarray(tensor.values).data.cast("B"))
            wrote(tensor.values.nbytes)
