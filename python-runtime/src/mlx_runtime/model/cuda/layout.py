"""How a model's layers are laid out for CUDA."""

from __future__ import annotations

from mlx import nn

from .fused_layers import fuse_layers
from .fused_projections import fuse_projections
from .install import own_kernels_in_use


def lay_out_for_gpu(model: nn.Module) -> None:
    """Has a model of text hand over less; computes nothing yet."""
    fuse_projections(model)
    if own_kernels_in_use():
        fuse_layers(model)
