"""Brings what an adapter's files hold to the layers of a model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import mlx.core as mx

from ..weight_files import load_failed
from .adapted_layers import AdaptedLinear
from .low_rank import LowRank
from .target_layers import Target, dense_weight

_EXPERT = re.compile(r"(.+)\.experts\.(\d+)\.(\w+)")
_EXPERT_NAMES = {"w1": "gate_proj", "w2": "down_proj", "w3": "up_proj"}
_MOST_EXPERTS = 4096


def fitted(layers: Mapping[str, LowRank], targets: Mapping[str, Target]) -> dict[str, LowRank]:
    """By the paths of the model, in the types that its layers compute with.

    Raises RpcError `model_load_failed` for what does not fit, naming it.
    """
    gathered = _gather_experts(layers, targets)
    found: dict[str, LowRank] = {}
    for name, layer in gathered.items():
        path = _path_of(name, targets)
        if path is None:
            raise load_failed(
                f"The model has no layer {name} that can be adapted. Is the adapter of another "
                "model?"
            )
        if path in found:
            raise load_failed(f"The adapter changes {path} twice")
        found[path] = _fit(name, layer, targets[path])
    return found


def _path_of(name: str, targets: Mapping[str, Target]) -> str | None:
    """The layer of that name, or the only one whose path ends or begins otherwise: wrappers of
    models for several senses put names before it or take them away."""
    if name in targets:
        return name
    parts = name.split(".")
    for start in range(len(parts)):
        tail = ".".join(parts[start:])
        if not any(part.isdecimal() for part in parts[start:]):
            return None
        ending = [path for path in targets if path == tail or path.endswith(f".{tail}")]
        if ending:
            return ending[0] if len(ending) == 1 else None
    return None


def _gather_experts(
    layers: Mapping[str, LowRank], targets: Mapping[str, Target]
) -> dict[str, LowRank]:
    """The products of single experts joined as the model holds them; the rest as it is."""
    single: dict[str, dict[int, LowRank]] = {}
    others: dict[str, LowRank] = {}
    for name, layer in layers.items():
        match = _EXPERT.fullmatch(name)
        if match is None or int(match[2]) >= _MOST_EXPERTS:
            others[name] = layer
            continue
        layer_name = _EXPERT_NAMES.get(match[3], match[3])
        single.setdefault(f"{match[1]}.switch_mlp.{layer_name}", {})[int(match[2])] = layer
    for name, experts in single.items():
        path = _path_of(name, targets)
        count = None if path is None else targets[path].experts
        if count is None or max(experts) >= count:
            raise load_failed(f"The model has no experts {name} of which these could be some")
        others[name] = _joined(name, experts, count)
    return others


def _joined(name: str, experts: Mapping[int, LowRank], count: int) -> LowRank:
    rank = max(layer.rank for layer in experts.values())
    first = next(iter(experts.values()))
    if any(layer.magnitude is not None for layer in experts.values()):
        raise load_failed(f"The adapter scales {name} (DoRA), which experts do not support")
    no_a, no_b = mx.zeros((first.a.shape[0], rank)), mx.zeros((rank, first.b.shape[1]))
    rows: list[tuple[mx.array, mx.array]] = []
    for index in range(count):
        layer = experts.get(index)
        if layer is None:
            rows.append((no_a, no_b))
            continue
        missing = rank - layer.rank
        rows.append(
            (mx.pad(layer.a, [(0, 0), (0, missing)]), mx.pad(layer.b, [(0, missing), (0, 0)]))
        )
    if len({(a.shape, b.shape) for a, b in rows}) > 1:
        raise load_failed(f"The adapter's {name} has experts of different shapes")
    return LowRank(mx.stack([a for a, _ in rows]), mx.stack([b for _, b in rows]))


def _fit(name: str, layer: LowRank, target: Target) -> LowRank:
    size, out = target.sizes
    before: Sequence[int] = () if target.experts is None else (target.experts,)
    if layer.a.shape != (*before, size, layer.rank) or layer.b.shape != (*before, layer.rank, out):
        raise load_failed(
            f"The adapter's {name} is made for a layer of {layer.a.shape[-2]} by "
            f"{layer.b.shape[-1]}, and the model's is of {size} by {out}: it is another model's"
        )
    a, b = layer.a.astype(target.dtype), layer.b.astype(target.dtype)
    if layer.magnitude is None:
        return LowRank(a, b)
    if target.adapted is not AdaptedLinear:
        raise load_failed(f"The adapter scales {name} (DoRA), which only linear layers support")
    if layer.magnitude.shape != (out,):
        raise load_failed(f"The adapter's {name} has a magnitude of another size")
    weight = dense_weight(target.layer) + (layer.a @ layer.b).T
    factors = layer.magnitude / mx.linalg.norm(weight, axis=1)
    return LowRank(a, b, layer.magnitude, factors)
