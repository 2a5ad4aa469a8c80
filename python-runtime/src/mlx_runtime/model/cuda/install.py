"""Puts this package's kernels where models look for MLX's."""

from __future__ import annotations

import logging
import os
from typing import Any, cast

import mlx.core as mx

from .attention import scaled_dot_product_attention
from .compiler import can_compile
from .sampler import prepare_sampler

_log = logging.getLogger(__name__)


def use_own_kernels() -> None:
    """Has models that run from now on attend as this package does, where the device allows it.

    To be called before anything was computed.
    """
    if can_compile():
        # What is left to MLX is not planned for every shape either.
        os.environ.setdefault("MLX_CUDA_USE_CUDNN_SDPA", "0")
        # A graph of operations takes 10 to 20 ms to make, anew for each size of a pass, and as
        # long to hand over as the few operations that layers are made of here.
        os.environ.setdefault("MLX_USE_CUDA_GRAPHS", "0")
        prepare_sampler()
        cast("Any", mx.fast).scaled_dot_product_attention = scaled_dot_product_attention
    else:
        _log.warning("own CUDA kernels cannot be compiled here: attention is left to MLX")


def own_kernels_in_use() -> bool:
    return cast("Any", mx.fast).scaled_dot_product_attention is scaled_dot_product_attention
