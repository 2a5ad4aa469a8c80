"""One model's weights over several ranks: tensor parallel, as mlx-lm's models divide themselves.

(Shoeybi et al., "Megatron-LM: Training multi-billion parameter language models using
model parallelism", 2019: heads and inner rows are divided, and each half of a layer ends
in one sum over all ranks.)
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import mlx.core as mx
from mlx import nn

from ..errors import INVALID_PARAMS, RpcError

_DIVIDED = (
    "num_attention_heads",
    "num_key_value_heads",
    "linear_num_key_heads",
    "linear_num_value_heads",
)
"""What a configuration has to have a multiple of the ranks of, where it names it."""
_LATENT = "kv_lora_rank"
"""With it, keys and values have no heads of their own to divide."""


@dataclass(frozen=True, slots=True)
class Share:
    """This process's part of a model."""

    group: Any
    """MLX's."""
    ranks: int


def join_group(backend: str) -> Any:
    """MLX's group of all ranks, which waits for all of them; raises RpcError."""
    distributed = cast("Any", mx.distributed)
    if not distributed.is_available(backend):
        raise _refused(f"this machine's MLX cannot use the backend '{backend}'")
    return distributed.init(strict=True, backend=backend)


def summing(group: Any) -> Callable[[mx.array], mx.array]:
    """Sums arrays of any shapes over the ranks of a group, each with those of the others."""
    return lambda array: cast("Any", mx.distributed).all_sum(array, group=group)


def refuse_indivisible(config: Mapping[str, Any], ranks: int) -> None:
    """Raises RpcError where a model cannot be divided among so many ranks, before it is read."""
    from mlx_lm import utils

    leave_gradients_out()
    family = str(config.get("model_type"))
    model_class, _ = cast("Any", utils)._get_classes(dict(config))
    if not hasattr(model_class, "shard"):
        raise _refused(f"mlx-lm cannot divide models of the family '{family}' among devices")
    sizes = {**config, **config.get("text_config", {})}
    for name in _DIVIDED:
        size = sizes.get(name)
        if not isinstance(size, int) or (name == "num_key_value_heads" and _LATENT in sizes):
            continue
        if size % ranks:
            raise _refused(f"{name} is {size}, which cannot be divided among {ranks} ranks")


def leave_gradients_out() -> None:
    """Has divided layers take their inputs as they are.

    For training, mlx's divided layers wrap each input in a function with a gradient of its own,
    which costs the host as much as a product. To be called before the model's module is imported.
    """
    layers: Any = importlib.import_module("mlx.nn.layers.distributed")
    layers.sum_gradients = _without_gradients


def shard(model: nn.Module, group: Any) -> None:
    """Has a model keep its share alone; computes nothing yet, so that no rank holds it whole.

    Raises ValueError where a layer cannot be divided.
    """
    cast("Any", model).shard(group)
    for _, module in cast("Any", model).named_modules():
        for name, child in list(module.children().items()):
            plain = _plain(child)
            if plain is not None:
                setattr(module, name, plain)


def _plain(layer: Any) -> nn.Module | None:
    """A layer whose product is not summed is an ordinary one; None: it is another."""
    if type(layer) is nn.AllToShardedLinear:
        plain = nn.Linear(1, 1, bias="bias" in layer)
    elif type(layer) is nn.QuantizedAllToShardedLinear:
        sizes = (layer.group_size, layer.bits)
        plain = nn.QuantizedLinear(layer.group_size, 1, "bias" in layer, *sizes, mode=layer.mode)
    else:
        return None
    cast("Any", plain).update(layer.parameters(), strict=False)
    return plain


def local_share(parameter_count: int, config: Mapping[str, Any], ranks: int) -> int:
    """Parameters of one rank: embeddings and head are with all of them."""
    sizes = {**config, **config.get("text_config", {})}
    tables = 1 if sizes.get("tie_word_embeddings", True) else 2
    common = tables * int(sizes.get("vocab_size") or 0) * int(sizes.get("hidden_size") or 0)
    common = min(common, parameter_count)
    return common + (parameter_count - common) // ranks


def _without_gradients(group: Any) -> Callable[[mx.array], mx.array]:
    del group
    return _as_it_is


def _as_it_is(array: mx.array) -> mx.array:
    return array


def _refused(reason: str) -> RpcError:
    return RpcError(INVALID_PARAMS, f"model.parallel: {reason}", type="unsupported_parameter")
