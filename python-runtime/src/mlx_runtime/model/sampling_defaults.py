"""How a model's makers advise to sample from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_type_hints

import msgspec

from ..wire import WireSamplingDefaults

_TYPES = get_type_hints(WireSamplingDefaults, include_extras=True)


def sampling_defaults(generation: Mapping[str, Any]) -> WireSamplingDefaults:
    """What generation_config.json names, without values that no request could ask for."""
    advice = {name: _read(generation.get(name), type) for name, type in _TYPES.items()}
    return WireSamplingDefaults(**advice)


def _read(value: Any, type: Any) -> Any:
    try:
        return msgspec.convert(value, type)
    except msgspec.ValidationError:
        return None
